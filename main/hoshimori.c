/* hoshimori - the command. All it does is in the cmd room. */
#include "cmd/cmd.h"

int main(int argc, char **argv)
{
    return cmd_main(argc, argv);
}
