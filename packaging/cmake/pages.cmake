# Compiles every checks/<service>/<name>.md into the program, so that `wbverify explain ID` needs no files beside it.
# A page's id is <service>.<name with hyphens>.
function(wbverify_pages output)
  file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/checks/*/*.md)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DROOT=${PROJECT_SOURCE_DIR}/checks -P ${PROJECT_SOURCE_DIR}/packaging/cmake/embed_pages.cmake
    DEPENDS ${pages} ${PROJECT_SOURCE_DIR}/packaging/cmake/embed_pages.cmake
    VERBATIM)
endfunction()
