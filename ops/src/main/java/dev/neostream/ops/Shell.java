package dev.neostream.ops;

import java.nio.file.Path;

/** Words of a command that the user is advised to give. */
public final class Shell {

  private static final String PLAIN = "[\\p{IsAlphabetic}\\p{IsDigit}_./+:@%,=-]+";

  private Shell() {}

  /** Returns the path as one word of a shell's command, in quotes where it needs them. */
  public static String word(Path path) {
    String text = path.toString();
    return text.matches(PLAIN) ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
