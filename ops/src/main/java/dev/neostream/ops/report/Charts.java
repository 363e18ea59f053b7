package dev.neostream.ops.report;

import dev.neostream.schemas.avro.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The pictures of a report, as SVG. */
final class Charts {

  /** Steps that are averaged: single ones of few rows jump between domains. */
  private static final int WINDOW = 10;

  private Charts() {}

  /**
   * Returns the loss by step, over the phases, with the places where another plan took over.
   *
   * @param heldOut held-out loss by step
   */
  static String loss(List<StepReport> steps, Map<Long, Double> heldOut, List<Segment> segments) {
    var chart = over(segments, "Loss", "nats a token");
    chart.add(
        new SvgChart.Series(
            "training",
            steps.stream().mapToDouble(StepReport::getStep).toArray(),
            steps.stream().mapToDouble(StepReport::getLoss).toArray(),
            false,
            false));
    if (!heldOut.isEmpty()) {
      chart.add(
          new SvgChart.Series(
              "held-out",
              heldOut.keySet().stream().mapToDouble(step -> step).toArray(),
              heldOut.values().stream().mapToDouble(loss -> loss).toArray(),
              false,
              true));
    }
    return chart.svg();
  }

  /** Returns the share of each domain by step, as delivered and, dashed, as asked. */
  static String mixture(List<StepReport> steps, List<Segment> segments) {
    var chart =
        over(segments, "Mixture, mean over " + WINDOW + " steps; dashed: asked", "share of rows")
            .reaching(0, 1);
    var domains = new TreeSet<String>();
    segments.forEach(segment -> domains.addAll(segment.asked().keySet()));
    segments.forEach(segment -> domains.addAll(segment.delivered().keySet()));
    int windows = (steps.size() + WINDOW - 1) / WINDOW;
    for (String domain : domains) {
      double[] x = new double[windows];
      double[] y = new double[windows];
      for (int w = 0; w < windows; w++) {
        List<StepReport> window =
            steps.subList(w * WINDOW, Math.min(steps.size(), (w + 1) * WINDOW));
        x[w] = (window.get(0).getStep() + window.get(window.size() - 1).getStep()) / 2.0;
        y[w] = Segment.delivered(window).getOrDefault(domain, 0.0);
      }
      chart.add(new SvgChart.Series(domain, x, y, false, false));
      chart.add(asked(domain, segments));
    }
    return chart.svg();
  }

  private static SvgChart.Series asked(String domain, List<Segment> segments) {
    double[] x = new double[2 * segments.size()];
    double[] y = new double[2 * segments.size()];
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      x[2 * i] = segment.from();
      x[2 * i + 1] = segment.to() + (i < segments.size() - 1 ? 1 : 0);
      y[2 * i] = segment.asked().getOrDefault(domain, 0.0);
      y[2 * i + 1] = y[2 * i];
    }
    return new SvgChart.Series(domain, x, y, true, false);
  }

  private static SvgChart over(List<Segment> segments, String title, String yLabel) {
    var chart = new SvgChart(title, "step", yLabel);
    for (SvgChart.Band phase : phases(segments)) {
      chart.add(phase);
    }
    for (int i = 1; i < segments.size(); i++) {
      if (segments.get(i).plan() != segments.get(i - 1).plan()) {
        chart.add(new SvgChart.Mark("plan " + segments.get(i).plan(), segments.get(i).from()));
      }
    }
    return chart;
  }

  private static List<SvgChart.Band> phases(List<Segment> segments) {
    var bands = new ArrayList<SvgChart.Band>();
    int from = 0;
    for (int i = 1; i <= segments.size(); i++) {
      Segment first = segments.get(from);
      if (i == segments.size() || !segments.get(i).phase().equals(first.phase())) {
        bands.add(
            new SvgChart.Band(
                first.phase(),
                first.from(),
                i == segments.size() ? segments.get(i - 1).to() : segments.get(i).from()));
        from = i;
      }
    }
    return bands;
  }
}
