# cmake -DCOMPILER=… -DFLAGS=… -DSOURCE=… -DCASE=n -DMESSAGE=regex -P must_fail.cmake
# Runs the compiler without making anything. Case 0 must compile; any other must not, for the reason given.
execute_process(COMMAND ${COMPILER} ${FLAGS} -fsyntax-only -DCASE=${CASE} ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE text OUTPUT_VARIABLE ignored)
if(CASE EQUAL 0)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "The control does not compile:\n${text}")
  endif()
elseif(status EQUAL 0)
  message(FATAL_ERROR "Case ${CASE} compiles, and must not.")
elseif(NOT text MATCHES "${MESSAGE}")
  message(FATAL_ERROR "Case ${CASE} fails for another reason than ${MESSAGE}:\n${text}")
endif()
