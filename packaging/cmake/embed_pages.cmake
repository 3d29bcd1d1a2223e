# cmake -DROOT=checks -DOUTPUT=pages.cpp -P embed_pages.cmake
file(GLOB pages ${ROOT}/*/*.md)
list(SORT pages)
set(rows "")
foreach(page IN LISTS pages)
  get_filename_component(name ${page} NAME_WE)
  get_filename_component(folder ${page} DIRECTORY)
  get_filename_component(service ${folder} NAME)
  string(REPLACE "_" "-" name ${name})
  file(READ ${page} text)
  # A string literal may hold 64 KiB at least (implementation limits of the standard); a page is far below.
  string(APPEND rows "    {\"${service}.${name}\", R\"PAGE(${text})PAGE\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"engine/pages.hpp\"\n\nnamespace wbverify {\nstd::span<const Page> pages() {\n  static constexpr Page all[] = {\n${rows}    {\"\", \"\"}};\n  return std::span<const Page>(all).first(std::size(all) - 1);\n}\n}  // namespace wbverify\n")
