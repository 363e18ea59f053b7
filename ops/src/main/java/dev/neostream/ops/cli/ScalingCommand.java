package dev.neostream.ops.cli;

import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.report.ResidualChart;
import dev.neostream.ops.scaling.FitFile;
import dev.neostream.ops.scaling.LossTable;
import dev.neostream.trainer.scaling.LossPoint;
import dev.neostream.trainer.scaling.ScalingFit;
import dev.neostream.trainer.scaling.ScalingFitter;
import dev.neostream.trainer.scaling.ScalingLaw;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fits scaling laws to losses, and predicts from them. */
@Command(
    name = "scaling",
    description = "Fit scaling laws to losses of models, and predict from them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "fit|compare|predict|optimum",
    footer = {
      "",
      "Points are a CSV file with the columns n (parameters), d (tokens), loss (nats).",
      "",
      "Examples:",
      "  ops/neo scaling compare --points points.csv --test large.csv",
      "  ops/neo scaling fit --points points.csv --law neo --json > fit.json",
      "  ops/neo scaling predict --fit fit.json --n 7.8e9 --d 4.5e12",
      "  ops/neo scaling optimum --fit fit.json --flops 1e23"
    })
final class ScalingCommand implements Runnable {

  private static final int LEAST_DRAWS = 40;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "one of fit, compare, predict, optimum must be given");
  }

  @Command(
      name = "fit",
      description = {
        "Find the coefficients of least Huber loss (delta 0.001) of the log loss, and how well they",
        "hold."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int fit(
      @Option(
              names = "--points",
              paramLabel = "FILE",
              required = true,
              description = "Losses to fit to.")
          Path points,
      @Option(
              names = "--law",
              paramLabel = "NAME",
              defaultValue = "neo",
              description = {
                "neo: A/N^alpha + B/D^beta + E - d ln D; chinchilla: the same without d;",
                "openai: ((Nc/N)^(alpha/beta) + Dc/D)^beta; sms: d/(N^alpha D^beta) + A/N^alpha +",
                "B/D^beta + E (default: ${DEFAULT-VALUE})."
              })
          String law,
      @Option(names = "--test", paramLabel = "FILE", description = "Losses to judge by only.")
          Path test,
      @Option(
              names = "--bootstrap",
              paramLabel = "N",
              defaultValue = "200",
              description = {
                "Fits to points drawn with replacement, for 95 %% intervals; 0 for none",
                "(default: ${DEFAULT-VALUE})."
              })
          int draws,
      @Option(
              names = "--seed",
              paramLabel = "N",
              defaultValue = "1",
              description = "Seed of the draws (default: ${DEFAULT-VALUE}).")
          long seed,
      @Option(
              names = "--plot",
              paramLabel = "FILE",
              description = "Draw how far the law is from each point, as SVG.")
          Path plot,
      @Option(names = "--json", description = "Print JSON, which --fit reads.") boolean json)
      throws IOException {
    OptionRule.require(
        draws == 0 || draws >= LEAST_DRAWS, "--bootstrap", "0 or at least " + LEAST_DRAWS, draws);
    OptionRule.file("--plot", plot);
    List<LossPoint> seen = LossTable.read(points);
    List<LossPoint> unseen = test == null ? List.of() : LossTable.read(test);
    ScalingFit fit = fitted(law(law), seen);
    Map<String, double[]> intervals =
        draws == 0 ? Map.of() : ScalingFitter.intervals(fit, seen, draws, seed);
    if (plot != null) {
      List<LossPoint> all = new ArrayList<>(seen);
      all.addAll(unseen);
      Files.writeString(plot, ResidualChart.svg(fit, all));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.of(FitFile.view(fit, seen, unseen, intervals)));
    } else {
      fit.coefficients()
          .forEach(
              (name, value) -> {
                out.printf(Locale.ROOT, "%-6s %12.6g", name, value);
                if (draws > 0) {
                  double[] ends = intervals.get(name);
                  out.printf(Locale.ROOT, "   95 %%: %.6g to %.6g", ends[0], ends[1]);
                }
                out.println();
              });
      out.println();
      print(out, "points", fit, seen);
      if (!unseen.isEmpty()) {
        print(out, "test", fit, unseen);
      }
      if (fit.law() == ScalingLaw.NEO && fit.coefficients().get("d") > 0) {
        out.println();
        out.println("The law falls without end as D grows; do not ask it far beyond its points.");
      }
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, String name, ScalingFit fit, List<LossPoint> points) {
    out.printf(
        Locale.ROOT,
        "%-6s %,6d   R2 %.6f   Huber %.3e%n",
        name,
        points.size(),
        fit.r2(points),
        fit.huber(points));
  }

  @Command(
      name = "compare",
      description = "Fit every law, the one of least Huber loss first.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int compare(
      @Option(
              names = "--points",
              paramLabel = "FILE",
              required = true,
              description = "Losses to fit to.")
          Path points,
      @Option(
              names = "--test",
              paramLabel = "FILE",
              description = "Losses to judge by, in place of those of --points.")
          Path test,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    List<LossPoint> seen = LossTable.read(points);
    List<LossPoint> unseen = test == null ? List.of() : LossTable.read(test);
    List<LossPoint> judged = unseen.isEmpty() ? seen : unseen;
    List<ScalingFit> fits = new ArrayList<>();
    for (ScalingLaw law : ScalingLaw.values()) {
      fits.add(fitted(law, seen));
    }
    fits.sort(Comparator.comparingDouble(fit -> fit.huber(judged)));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.of(fits.stream().map(fit -> FitFile.view(fit, seen, unseen, Map.of())).toList()));
    } else {
      for (ScalingFit fit : fits) {
        out.println(fit.law().name().toLowerCase(Locale.ROOT) + " " + fit.coefficients());
        print(out, "points", fit, seen);
        if (!unseen.isEmpty()) {
          print(out, "test", fit, unseen);
        }
      }
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "predict",
      description = "Predict the loss of a model.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int predict(
      @Option(
              names = "--fit",
              paramLabel = "FILE",
              required = true,
              description = "What `scaling fit --json` printed.")
          Path fit,
      @Option(names = "--n", paramLabel = "N", required = true, description = "Parameters.")
          double n,
      @Option(names = "--d", paramLabel = "D", required = true, description = "Tokens.") double d,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    OptionRule.require(n > 0, "--n", "above 0", n);
    OptionRule.require(d > 0, "--d", "above 0", d);
    double loss = FitFile.read(fit).loss(n, d);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.of(Map.of("n", n, "d", d, "loss", loss)));
    } else {
      out.printf(Locale.ROOT, "loss %.6f%n", loss);
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "optimum",
      description =
          "Say how many parameters and tokens give the lowest loss for a budget of 6 N D.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int optimum(
      @Option(
              names = "--fit",
              paramLabel = "FILE",
              required = true,
              description = "What `scaling fit --json` printed.")
          Path fit,
      @Option(
              names = "--flops",
              paramLabel = "C",
              required = true,
              description = "Floating point operations, such as 1e23.")
          double flops,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    OptionRule.require(flops > 0, "--flops", "above 0", flops);
    ScalingFit.Optimum best;
    try {
      best = FitFile.read(fit).optimum(flops);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.of(best));
    } else {
      out.printf(
          Locale.ROOT,
          "N %.4g parameters, D %.4g tokens, %.1f tokens a parameter, loss %.6f%n",
          best.n(),
          best.d(),
          best.d() / best.n(),
          best.loss());
    }
    out.flush();
    return 0;
  }

  private static ScalingLaw law(String name) {
    try {
      return FitFile.law(name);
    } catch (IllegalArgumentException e) {
      throw UserError.usage("--" + e.getMessage());
    }
  }

  private static ScalingFit fitted(ScalingLaw law, List<LossPoint> points) {
    try {
      return ScalingFitter.fit(law, points);
    } catch (IllegalArgumentException e) {
      throw UserError.usage("--points: " + e.getMessage());
    }
  }
}
