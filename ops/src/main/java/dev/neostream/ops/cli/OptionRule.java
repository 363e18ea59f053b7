package dev.neostream.ops.cli;

import dev.neostream.ops.UserError;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What must hold of the value of an option, and how it is said that it does not. */
final class OptionRule {

  private OptionRule() {}

  /**
   * @param option its name, such as {@code --steps}
   * @param rule what the value must be, such as {@code at least 2}
   * @throws UserError if the rule does not hold
   */
  static void require(boolean holds, String option, String rule, Object value) {
    if (!holds) {
      throw UserError.usage(
          option + " must be " + rule + ": " + option.replaceFirst("^-+", "") + "=" + value);
    }
  }

  /**
   * Returns a folder that is there, or can be made as far as files do not stand in its way.
   *
   * @throws UserError if the path, or what it lies in, is a file
   */
  static Path folder(String option, Path folder) {
    Path above = existing(folder);
    if (!Files.isDirectory(above)) {
      throw UserError.usage(
          option
              + " must be a folder: "
              + option.replaceFirst("^-+", "")
              + "="
              + folder
              + (above.equals(folder.toAbsolutePath().normalize())
                  ? " is a file"
                  : ", but " + above + " is a file")
              + "; choose another");
    }
    return folder;
  }

  /**
   * Returns a file to be written.
   *
   * @param file null where the option was not given
   * @throws UserError if the path is a folder, or lies in a file
   */
  static Path file(String option, Path file) {
    if (file == null) {
      return null;
    }
    String value = option.replaceFirst("^-+", "") + "=" + file;
    Path whole = file.toAbsolutePath().normalize();
    if (whole.getFileName() == null || Files.isDirectory(whole)) {
      throw UserError.usage(option + " must be a file: " + value + " is a folder; name a file");
    }
    Path above = existing(whole.getParent());
    if (!Files.isDirectory(above)) {
      throw UserError.usage(
          option + " must lie in a folder: " + value + ", but " + above + " is a file");
    }
    return file;
  }

  /** Returns the path, or the nearest above it that is there. */
  private static Path existing(Path path) {
    Path at = path.toAbsolutePath().normalize();
    while (!Files.exists(at) && !Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
      at = at.getParent();
    }
    return at;
  }
}
