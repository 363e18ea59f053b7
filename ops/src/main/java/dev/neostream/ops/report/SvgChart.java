package dev.neostream.ops.report;

import dev.neostream.ops.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A line chart as a standalone SVG, readable on white and on dark pages. Coordinates of the data;
 * axes fit themselves.
 */
final class SvgChart {

  private static final int WIDTH = 860;
  private static final int HEIGHT = 360;
  private static final int LEFT = 60;
  private static final int RIGHT = 150;
  private static final int TOP = 40;
  private static final int BOTTOM = 46;
  private static final String[] COLOURS = {"#2563eb", "#d97706", "#059669", "#7c3aed", "#dc2626"};

  /** A named line; {@code dashed} for what was asked rather than measured, dots for few points. */
  record Series(String name, double[] x, double[] y, boolean dashed, boolean dots) {}

  /** A shaded stretch of the x axis. */
  record Band(String name, double from, double to) {}

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final List<Series> series = new ArrayList<>();
  private final List<Band> bands = new ArrayList<>();
  private double leastY = Double.POSITIVE_INFINITY;
  private double mostY = Double.NEGATIVE_INFINITY;

  SvgChart(String title, String xLabel, String yLabel) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
  }

  /** Makes the y axis reach from {@code least} to {@code most} at least. */
  SvgChart reaching(double least, double most) {
    leastY = least;
    mostY = most;
    return this;
  }

  SvgChart add(Series line) {
    series.add(line);
    return this;
  }

  SvgChart add(Band band) {
    bands.add(band);
    return this;
  }

  String svg() {
    double minX = Double.POSITIVE_INFINITY;
    double maxX = Double.NEGATIVE_INFINITY;
    double minY = leastY;
    double maxY = mostY;
    for (Series line : series) {
      for (int i = 0; i < line.x.length; i++) {
        minX = Math.min(minX, line.x[i]);
        maxX = Math.max(maxX, line.x[i]);
        minY = Math.min(minY, line.y[i]);
        maxY = Math.max(maxY, line.y[i]);
      }
    }
    double step = niceStep(Math.max(maxY - minY, 1e-9) / 5);
    minY = Math.floor(minY / step) * step;
    maxY = Math.ceil(maxY / step) * step;
    maxX = Math.max(maxX, minX + 1);
    var out = new StringBuilder();
    out.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " aria-label=\"%s\" font-family=\"system-ui, sans-serif\" font-size=\"12\">%n",
            WIDTH, HEIGHT, escape(title)));
    out.append(format("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n", WIDTH, HEIGHT));
    text(out, LEFT, 24, "start", "#111827", title);
    for (int i = 0; i < bands.size(); i++) {
      Band band = bands.get(i);
      double from = x(Math.max(band.from, minX), minX, maxX);
      double to = x(Math.min(band.to, maxX), minX, maxX);
      out.append(
          format(
              "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
              from, TOP, to - from, HEIGHT - TOP - BOTTOM, i % 2 == 0 ? "#f3f4f6" : "#e0e7ff"));
      text(out, (from + to) / 2, TOP + 16, "middle", "#6b7280", band.name);
    }
    for (double tick = minY; tick <= maxY + step / 2; tick += step) {
      double y = y(tick, minY, maxY);
      out.append(
          format(
              "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#d1d5db\"/>%n",
              LEFT, y, WIDTH - RIGHT, y));
      text(out, LEFT - 8, y + 4, "end", "#374151", number(tick));
    }
    double xStep = niceStep((maxX - minX) / 8);
    for (double tick = Math.ceil(minX / xStep) * xStep; tick <= maxX; tick += xStep) {
      text(out, x(tick, minX, maxX), HEIGHT - BOTTOM + 18, "middle", "#374151", number(tick));
    }
    text(out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", "#374151", xLabel);
    out.append(
        format(
            "<text x=\"16\" y=\"%d\" fill=\"#374151\" text-anchor=\"middle\""
                + " transform=\"rotate(-90 16 %d)\">%s</text>%n",
            HEIGHT / 2, HEIGHT / 2, escape(yLabel)));
    for (int i = 0; i < series.size(); i++) {
      draw(out, series.get(i), COLOURS[i % COLOURS.length], minX, maxX, minY, maxY);
      text(
          out,
          WIDTH - RIGHT + 12,
          TOP + 16 + 18 * i,
          "start",
          COLOURS[i % COLOURS.length],
          series.get(i).name);
    }
    return out.append("</svg>\n").toString();
  }

  private static void draw(
      StringBuilder out,
      Series line,
      String colour,
      double minX,
      double maxX,
      double minY,
      double maxY) {
    var points = new StringBuilder();
    for (int i = 0; i < line.x.length; i++) {
      double x = x(line.x[i], minX, maxX);
      double y = y(line.y[i], minY, maxY);
      points.append(format("%.1f,%.1f ", x, y));
      if (line.dots) {
        out.append(
            format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>%n", x, y, colour));
      }
    }
    out.append(
        format(
            "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s/>%n",
            points.toString().strip(),
            colour,
            line.dots ? "2" : "1.4",
            line.dashed ? " stroke-dasharray=\"5 4\"" : ""));
  }

  private static double x(double value, double min, double max) {
    return LEFT + (value - min) / (max - min) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double value, double min, double max) {
    return HEIGHT - BOTTOM - (value - min) / (max - min) * (HEIGHT - TOP - BOTTOM);
  }

  /** Returns the smallest of 1, 2, 5 times a power of ten that is not below {@code least}. */
  private static double niceStep(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value) {
    if (Math.abs(value - Math.rint(value)) < 1e-9) {
      return Long.toString(Math.round(value));
    }
    return format("%.2f", value);
  }

  private static void text(
      StringBuilder out, double x, double y, String anchor, String colour, String text) {
    out.append(
        format(
            "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\" text-anchor=\"%s\">%s</text>%n",
            x, y, colour, anchor, escape(text)));
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private static String escape(String text) {
    return Printable.of(text).replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
