package dev.neostream.ops.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jline.utils.WCWidth;

/** The cells of a terminal's window: what a user sees of what a program wrote. */
final class Screen {

  /** The right half of a wide character. */
  private static final int RIGHT_HALF = -1;

  private int[][] cells;
  private int row;
  private int column;

  Screen(int columns, int rows) {
    cells = new int[rows][columns];
    erase(0);
  }

  /** Takes another size; what was at the top stays there, as without reflow. */
  void resize(int columns, int rows) {
    int[][] before = cells;
    cells = new int[rows][columns];
    erase(0);
    for (int i = 0; i < Math.min(rows, before.length); i++) {
      System.arraycopy(before[i], 0, cells[i], 0, Math.min(columns, before[i].length));
    }
    row = Math.min(row, rows - 1);
    column = Math.min(column, columns - 1);
  }

  private void erase(int from) {
    for (int i = from; i < cells.length; i++) {
      Arrays.fill(cells[i], ' ');
    }
  }

  /**
   * Takes what a program wrote.
   *
   * @throws IllegalArgumentException on a command that no VT100 knows, or that is not used here
   */
  void write(String text) {
    int[] all = text.codePoints().toArray();
    for (int i = 0; i < all.length; i++) {
      switch (all[i]) {
        case '\r' -> column = 0;
        case '\n' -> {
          column = 0;
          lineFeed();
        }
        case '\033' -> {
          int end = i + 2;
          while (Character.isDigit(all[end])) {
            end++;
          }
          command(new String(all, i + 1, end - i));
          i = end;
        }
        default -> put(all[i]);
      }
    }
  }

  private void command(String command) {
    switch (command) {
      case "[H" -> {
        row = 0;
        column = 0;
      }
      case "[2J" -> erase(0);
      case "[J" -> {
        Arrays.fill(cells[row], column, cells[row].length, ' ');
        erase(row + 1);
      }
      default -> {
        if (!command.matches("\\[\\d+A")) {
          throw new IllegalArgumentException("ESC " + command);
        }
        row = Math.max(0, row - Integer.parseInt(command.substring(1, command.length() - 1)));
      }
    }
  }

  private void lineFeed() {
    if (row < cells.length - 1) {
      row++;
      return;
    }
    System.arraycopy(cells, 1, cells, 0, row);
    cells[row] = new int[cells[0].length];
    Arrays.fill(cells[row], ' ');
  }

  private void put(int c) {
    int width = WCWidth.wcwidth(c);
    if (column + width > cells[row].length) {
      column = 0;
      lineFeed();
    }
    cells[row][column++] = c;
    if (width == 2) {
      cells[row][column++] = RIGHT_HALF;
    }
  }

  /** Returns the rows from the top to the last that is not empty, without spaces at their ends. */
  List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (int[] cell : cells) {
      int[] seen = Arrays.stream(cell).filter(c -> c != RIGHT_HALF).toArray();
      rows.add(new String(seen, 0, seen.length).stripTrailing());
    }
    while (!rows.isEmpty() && rows.get(rows.size() - 1).isEmpty()) {
      rows.remove(rows.size() - 1);
    }
    return rows;
  }
}
