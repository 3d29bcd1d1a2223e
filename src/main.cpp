#include "cli/main.hpp"

int main(int argc, char** argv) { return wbverify::cli_main(argc, argv); }
