package dev.neostream.ops.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of the JDK that Ctrl-C does not reach, though it goes to the whole process group. */
final class Shielded {

  private Shielded() {}

  /**
   * Returns the command line of a program that finishes what it does when the user asks for the
   * end.
   *
   * @param name what a failure of the shell is told under
   * @param program file name in the JDK's bin folder
   */
  static List<String> command(String name, String program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/bin/sh", "-c", "trap '' INT TERM; exec \"$@\"", name));
    command.add(Path.of(System.getProperty("java.home"), "bin", program).toString());
    command.addAll(arguments);
    return command;
  }
}
