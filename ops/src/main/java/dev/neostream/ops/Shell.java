package dev.neostream.ops;

import java.nio.file.Path;

/** Words of a command that the user gave, or is advised to give. */
public final class Shell {

  private static final String PLAIN = "[\\p{IsAlphabetic}\\p{IsDigit}_./+:@%,=-]+";

  private Shell() {}

  /** Returns the path as one word of a shell's command, in quotes where it needs them. */
  public static String word(Path path) {
    return word(path.toString());
  }

  /** Returns the text as one word of a shell's command, in quotes where it needs them. */
  public static String word(String text) {
    return text.matches(PLAIN) ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
