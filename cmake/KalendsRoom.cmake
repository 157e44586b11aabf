# kalends_room(NAME [USES room...] [LINKS target...] SOURCES file...)
#   A room of src/: a static library that may include its own headers, those of the rooms it USES, and what
#   these may. tests/tools/check_rooms.py reads the same lists. LINKS are libraries from outside; they stay
#   private to the room.
function(kalends_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS;SOURCES" ${ARGN})
  add_library(kalends_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(kalends_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
  foreach(used IN LISTS ROOM_USES)
    target_link_libraries(kalends_${name} PUBLIC kalends_${used})
  endforeach()
  target_link_libraries(kalends_${name} PRIVATE ${ROOM_LINKS})
endfunction()

# kalends_tests(NAME LABEL unit|db|http [ROOMS room...] [LINKS target...] SOURCES file...)
#   One doctest program, run by CTest under its label.
function(kalends_tests name)
  cmake_parse_arguments(TESTS "" "LABEL" "ROOMS;LINKS;SOURCES" ${ARGN})
  add_executable(test_${name} ${TESTS_SOURCES})
  target_include_directories(test_${name} PRIVATE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(test_${name} PRIVATE TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/tests/data")
  foreach(room IN LISTS TESTS_ROOMS)
    target_link_libraries(test_${name} PRIVATE kalends_${room})
  endforeach()
  target_link_libraries(test_${name} PRIVATE doctest_main ${TESTS_LINKS})
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES LABELS "${TESTS_LABEL}" TIMEOUT 600)
endfunction()
