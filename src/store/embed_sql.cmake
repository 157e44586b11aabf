# cmake -DOUTPUT=… -DSCHEMA=… -DUPGRADES=… -P embed_sql.cmake: writes the SQL files as C++ string literals.
# An upgrade is called NNNN-what.sql: NNNN is the version that it makes.
file(READ "${SCHEMA}" schema)
set(text "#include \"store/embedded_sql_private.hpp\"\n\nnamespace kalends::store {\n
const char* const schema_sql = R\"SQL_FILE(${schema})SQL_FILE\";\n
const std::vector<Upgrade>& upgrades() {\n    static const std::vector<Upgrade> all{")
foreach(file IN LISTS UPGRADES)
  get_filename_component(name "${file}" NAME)
  string(REGEX MATCH "^[0-9]+" version "${name}")
  string(REGEX REPLACE "^0+" "" version "${version}")
  file(READ "${file}" sql)
  string(APPEND text "\n        {${version}, R\"SQL_FILE(${sql})SQL_FILE\"},")
endforeach()
string(APPEND text "};\n    return all;\n}\n\n}  // namespace kalends::store\n")
file(WRITE "${OUTPUT}" "${text}")
