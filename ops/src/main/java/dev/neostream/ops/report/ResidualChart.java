package dev.neostream.ops.report;

import dev.neostream.trainer.scaling.LossPoint;
import dev.neostream.trainer.scaling.ScalingFit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How far a scaling law is from each loss, by tokens, a line a model size. */
public final class ResidualChart {

  private ResidualChart() {}

  /** Returns the chart as SVG. */
  public static String svg(ScalingFit fit, List<LossPoint> points) {
    var chart =
        new SvgChart(
            "Residuals of law " + fit.law().name().toLowerCase(Locale.ROOT),
            "log10 of tokens",
            "ln(predicted / real loss)");
    Map<Double, List<LossPoint>> sizes =
        points.stream()
            .collect(Collectors.groupingBy(LossPoint::n, TreeMap::new, Collectors.toList()));
    sizes.forEach(
        (n, of) -> {
          List<LossPoint> ordered =
              of.stream().sorted(Comparator.comparingDouble(LossPoint::d)).toList();
          chart.add(
              new SvgChart.Series(
                  String.format(Locale.ROOT, "N = %.3g", n),
                  ordered.stream().mapToDouble(point -> Math.log10(point.d())).toArray(),
                  ordered.stream().mapToDouble(fit::logResidual).toArray(),
                  false,
                  true));
        });
    return chart.svg();
  }
}
