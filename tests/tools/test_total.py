"""total.py counts what failed, however it failed."""

import unittest

import total

LOG = """\
1: [doctest] test cases:  12 |  10 passed | 2 failed | 1 skipped
 1/5 Test #1: base .............................***Failed    0.10 sec
2: [doctest] test cases: 3 | 3 passed | 0 failed | 0 skipped
2: ==1==ERROR: LeakSanitizer: detected memory leaks
 2/5 Test #2: xml ..............................***Failed    0.20 sec
3: Segmentation fault
 3/5 Test #3: ical .............................***Exception: SegFault  0.30 sec
4: \x1b[32m[doctest] test cases: 7 | 7 passed | 0 failed | 0 skipped\x1b[0m
 4/5 Test #4: dav ..............................   Passed    0.40 sec
5: skipped: there is no mail server
 5/5 Test #5: mail .............................***Skipped   0.50 sec
"""


class Total(unittest.TestCase):
    def setUp(self):
        self.output, self.results = total.read(LOG.splitlines(keepends=True))

    def counts(self, number):
        return total.count(self.output.get(number, []), self.results[number][1])

    def test_every_program_has_its_result(self):
        self.assertEqual({name for name, _ in self.results.values()}, {"base", "xml", "ical", "dav", "mail"})

    def test_failures_of_a_program_are_counted_as_it_counts_them(self):
        self.assertEqual(self.counts(1), [10, 2, 1])

    def test_a_leak_after_good_tests_is_a_failure(self):
        self.assertEqual(self.counts(2), [3, 1, 0])

    def test_a_crash_before_the_count_is_a_failure(self):
        self.assertEqual(self.counts(3), [0, 1, 0])

    def test_a_good_program_is_counted(self):
        self.assertEqual(self.counts(4), [7, 0, 0])

    def test_a_program_of_another_kind_counts_as_one(self):
        self.assertEqual(total.count(["all well"], "Passed"), [1, 0, 0])
        self.assertEqual(total.count(["not well"], "***Failed"), [0, 1, 0])

    def test_a_program_that_is_skipped_is_no_failure(self):
        self.assertEqual(self.counts(5), [0, 0, 1])


if __name__ == "__main__":
    unittest.main()
