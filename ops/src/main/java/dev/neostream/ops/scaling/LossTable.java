package dev.neostream.ops.scaling;

import dev.neostream.ops.UserError;
import dev.neostream.trainer.scaling.LossPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Losses in a CSV file: a header that names {@code n} (parameters), {@code d} (tokens) and {@code
 * loss} (nats) among its columns, then a row a point. Other columns and blank lines are passed
 * over.
 */
public final class LossTable {

  private static final List<String> COLUMNS = List.of("n", "d", "loss");

  private LossTable() {}

  /**
   * Reads a file.
   *
   * @throws UserError naming file, line and value of the first thing that is wrong
   */
  public static List<LossPoint> read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw UserError.usage(
          "points must be a readable CSV file in UTF-8: file=" + file + "; name another");
    }
    List<LossPoint> points = new ArrayList<>();
    int[] places = null;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty()) {
        continue;
      }
      String[] cells = line.split(",", -1);
      if (places == null) {
        places = places(file, i + 1, cells);
      } else {
        points.add(point(file, i + 1, cells, places));
      }
    }
    if (points.isEmpty()) {
      throw UserError.usage(file + " must hold a header n,d,loss and a row a point: rows=0");
    }
    return points;
  }

  private static int[] places(Path file, int line, String[] cells) {
    // A spreadsheet may have put a byte order mark before the first name.
    List<String> header =
        Arrays.stream(cells)
            .map(cell -> cell.replace("\uFEFF", "").strip().toLowerCase(Locale.ROOT))
            .toList();
    int[] places = COLUMNS.stream().mapToInt(header::indexOf).toArray();
    for (int i = 0; i < places.length; i++) {
      if (places[i] < 0) {
        throw UserError.usage(
            file + ":" + line + ": the header must name n, d and loss: header=" + header);
      }
    }
    return places;
  }

  private static LossPoint point(Path file, int line, String[] cells, int[] places) {
    double[] values = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      String cell = places[i] < cells.length ? cells[places[i]].strip() : "";
      try {
        values[i] = Double.parseDouble(cell);
      } catch (NumberFormatException e) {
        throw UserError.usage(
            file + ":" + line + ": " + COLUMNS.get(i) + " must be a number: given=" + cell);
      }
    }
    try {
      return new LossPoint(values[0], values[1], values[2]);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(file + ":" + line + ": " + e.getMessage());
    }
  }
}
