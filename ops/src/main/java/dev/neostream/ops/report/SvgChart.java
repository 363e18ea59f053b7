package dev.neostream.ops.report;

import dev.neostream.ops.Printable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * A line chart as a standalone SVG, light or dark as its reader's screen is. Coordinates of the
 * data; axes fit themselves. Series of one name share a colour.
 */
final class SvgChart {

  private static final int WIDTH = 860;
  private static final int HEIGHT = 360;
  private static final int LEFT = 60;
  private static final int RIGHT = 150;
  private static final int TOP = 40;
  private static final int BOTTOM = 46;

  /** Colours of series on white, and on black. */
  private static final String[][] COLOURS = {
    {"#2563eb", "#60a5fa"},
    {"#b45309", "#fbbf24"},
    {"#047857", "#34d399"},
    {"#7c3aed", "#a78bfa"},
    {"#dc2626", "#f87171"},
    {"#0e7490", "#22d3ee"},
    {"#a21caf", "#e879f9"}
  };

  private static final String LIGHT =
      ".page{fill:#fff}.title{fill:#111827}.ink{fill:#374151}.soft{fill:#6b7280}"
          + ".grid{stroke:#d1d5db}.mark{stroke:#6b7280}.even{fill:#f3f4f6}.odd{fill:#e0e7ff}";

  private static final String DARK =
      ".page{fill:#0d1117}.title{fill:#f3f4f6}.ink{fill:#d1d5db}.soft{fill:#9ca3af}"
          + ".grid{stroke:#374151}.mark{stroke:#9ca3af}.even{fill:#161b22}.odd{fill:#1e2540}";

  /**
   * A named line, broken where a value is no number; {@code dashed} for what was asked rather than
   * measured, dots for few points.
   */
  record Series(String name, double[] x, double[] y, boolean dashed, boolean dots) {}

  /** A shaded stretch of the x axis. */
  record Band(String name, double from, double to) {}

  /** Something that happened at one place of the x axis. */
  record Mark(String name, double at) {}

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final List<Series> series = new ArrayList<>();
  private final List<Band> bands = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private double minX = Double.POSITIVE_INFINITY;
  private double maxX = Double.NEGATIVE_INFINITY;
  private double minY = Double.POSITIVE_INFINITY;
  private double maxY = Double.NEGATIVE_INFINITY;

  SvgChart(String title, String xLabel, String yLabel) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
  }

  /** Makes the y axis reach from {@code least} to {@code most} at least. */
  SvgChart reaching(double least, double most) {
    minY = Math.min(minY, least);
    maxY = Math.max(maxY, most);
    return this;
  }

  SvgChart add(Series line) {
    series.add(line);
    for (int i = 0; i < line.x.length; i++) {
      if (Double.isFinite(line.y[i])) {
        minX = Math.min(minX, line.x[i]);
        maxX = Math.max(maxX, line.x[i]);
        reaching(line.y[i], line.y[i]);
      }
    }
    return this;
  }

  SvgChart add(Band band) {
    bands.add(band);
    return this;
  }

  SvgChart add(Mark mark) {
    marks.add(mark);
    return this;
  }

  String svg() {
    if (!(minX <= maxX)) {
      minX = 0;
      maxX = 0;
      reaching(0, 1);
    }
    maxX = Math.max(maxX, minX + 1);
    if (maxY - minY < 1e-9) {
      // One value all along still needs an axis.
      reaching(minY - 0.1, maxY + 0.1);
    }
    Ticks rows = Ticks.around(minY, maxY, 5);
    reaching(rows.first() * rows.step(), rows.last() * rows.step());
    var out = new StringBuilder();
    out.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " aria-label=\"%s\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n",
            WIDTH, HEIGHT, Printable.html(title)));
    out.append("<style>").append(LIGHT).append(lines(0));
    out.append("@media (prefers-color-scheme:dark){").append(DARK).append(lines(1));
    out.append("}</style>\n");
    out.append(format("<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", WIDTH, HEIGHT));
    text(out, LEFT, 24, "start", "title", title);
    for (int i = 0; i < bands.size(); i++) {
      draw(out, bands.get(i), i % 2 == 0 ? "even" : "odd");
    }
    for (double tick : rows.values()) {
      line(out, "grid", LEFT, y(tick), WIDTH - RIGHT, y(tick));
      text(out, LEFT - 8, y(tick) + 4, "end", "ink", rows.label(tick));
    }
    Ticks columns = Ticks.within(minX, maxX, 8);
    for (double tick : columns.values()) {
      line(out, "grid", x(tick), HEIGHT - BOTTOM, x(tick), HEIGHT - BOTTOM + 4);
      text(out, x(tick), HEIGHT - BOTTOM + 18, "middle", "ink", columns.label(tick));
    }
    text(out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", "ink", xLabel);
    out.append(
        format(
            "<text class=\"ink\" x=\"16\" y=\"%d\" text-anchor=\"middle\""
                + " transform=\"rotate(-90 16 %d)\">%s</text>\n",
            HEIGHT / 2, HEIGHT / 2, Printable.html(yLabel)));
    marks.forEach(mark -> draw(out, mark));
    var names = new LinkedHashSet<String>();
    series.forEach(line -> names.add(line.name));
    List<String> order = List.copyOf(names);
    series.forEach(line -> draw(out, line, colour(order.indexOf(line.name))));
    for (int i = 0; i < order.size(); i++) {
      text(out, WIDTH - RIGHT + 12, TOP + 16 + 18 * i, "start", "key " + colour(i), order.get(i));
    }
    return out.append("</svg>\n").toString();
  }

  private static String colour(int series) {
    return "s" + series % COLOURS.length;
  }

  private static String lines(int scheme) {
    var out = new StringBuilder(".line{fill:none;stroke:currentColor}.key{fill:currentColor}");
    for (int i = 0; i < COLOURS.length; i++) {
      out.append('.').append(colour(i)).append("{color:").append(COLOURS[i][scheme]).append('}');
    }
    return out.toString();
  }

  private void draw(StringBuilder out, Band band, String colour) {
    double from = x(Math.max(band.from, minX));
    double to = x(Math.min(band.to, maxX));
    out.append(
        format(
            "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
            colour, from, TOP, Math.max(0, to - from), HEIGHT - TOP - BOTTOM));
    text(out, (from + to) / 2, TOP + 16, "middle", "soft", band.name);
  }

  private void draw(StringBuilder out, Mark mark) {
    if (mark.at >= minX && mark.at <= maxX) {
      line(out, "mark", x(mark.at), TOP, x(mark.at), HEIGHT - BOTTOM);
      text(out, x(mark.at) + 4, TOP + 32, "start", "soft", mark.name);
    }
  }

  private void draw(StringBuilder out, Series line, String colour) {
    var points = new StringBuilder();
    for (int i = 0; i <= line.x.length; i++) {
      if (i < line.x.length && Double.isFinite(line.y[i])) {
        points.append(format("%.1f,%.1f ", x(line.x[i]), y(line.y[i])));
        if (line.dots) {
          out.append(
              format(
                  "<circle class=\"key %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n",
                  colour, x(line.x[i]), y(line.y[i])));
        }
      } else if (!points.isEmpty()) {
        out.append(
            format(
                "<polyline class=\"line %s\" points=\"%s\" stroke-width=\"%s\"%s/>\n",
                colour,
                points.toString().strip(),
                line.dots ? "2" : "1.4",
                line.dashed ? " stroke-dasharray=\"5 4\"" : ""));
        points.setLength(0);
      }
    }
  }

  private double x(double value) {
    return LEFT + (value - minX) / (maxX - minX) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - (value - minY) / (maxY - minY) * (HEIGHT - TOP - BOTTOM);
  }

  private static void line(
      StringBuilder out, String colour, double x1, double y1, double x2, double y2) {
    out.append(
        format(
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
            colour, x1, y1, x2, y2));
  }

  private static void text(
      StringBuilder out, double x, double y, String anchor, String colour, String text) {
    out.append(
        format(
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
            colour, x, y, anchor, Printable.html(text)));
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
