# Hands a copy of each mail that has a calendar part to Kalends (docs/mail.md), and never touches the delivery: whatever
# becomes of the copy, the mail goes where it would have gone, and the user's own script runs.
#
# A global script (sieve_before); compile it as root: sievec /etc/dovecot/sieve/kalends.sieve
require ["copy", "envelope", "foreverypart", "mime", "variables", "vnd.dovecot.pipe"];

# foreverypart reads the whole body: plain mail and large attachments are spared it.
if allof (size :under 4M,
          header :contains "Content-Type" ["multipart/", "text/calendar", "application/ics"]) {
  foreverypart {
    if header :mime :contenttype :is "Content-Type" ["text/calendar", "application/ics"] {
      set "sender" "";
      if envelope :matches "from" "*" {
        set "sender" "${1}";
      }
      set "recipient" "";
      if envelope :matches "to" "*" {
        set "recipient" "${1}";
      }
      # Without :try a failure would skip the user's own script, without :copy it would lose the mail.
      pipe :try :copy "kalends-imip" ["${sender}", "${recipient}"];
      break;
    }
  }
}
