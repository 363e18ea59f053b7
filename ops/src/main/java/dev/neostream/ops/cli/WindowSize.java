package dev.neostream.ops.cli;

import java.util.Optional;
import org.jline.nativ.CLibrary;

/**
 * Size of the window that output goes to.
 *
 * @param columns cells of a row, at least 1
 * @param rows at least 1
 */
record WindowSize(int columns, int rows) {

  /** What a terminal has that does not say: the size of a VT100. */
  static final WindowSize STANDARD = new WindowSize(80, 24);

  /**
   * Returns the present size of the terminal that standard output is.
   *
   * @return empty where output is no terminal, or one that cannot move its cursor
   */
  static Optional<WindowSize> ofOutput() {
    if (!Boolean.getBoolean("neo.terminal") || "dumb".equals(System.getenv("TERM"))) {
      return Optional.empty();
    }
    try {
      var size = new CLibrary.WinSize();
      int error = CLibrary.ioctl(1, CLibrary.TIOCGWINSZ, size);
      return Optional.of(
          error != 0 || size.ws_col < 1 || size.ws_row < 1
              ? STANDARD
              : new WindowSize(size.ws_col, size.ws_row));
    } catch (LinkageError | RuntimeException e) {
      // A machine whose system library nobody has built this for.
      return Optional.of(STANDARD);
    }
  }
}
