package dev.neostream.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.trainer.scaling.ScalingFit;
import dev.neostream.trainer.scaling.ScalingLaw;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScalingCommandTest {

  private static final Map<String, Double> PLANTED =
      Map.of("A", 406.4, "alpha", 0.34, "B", 410.7, "beta", 0.28, "E", 1.9, "d", 0.02);

  @TempDir Path folder;
  private Path points;
  private Path large;

  @BeforeEach
  void writePoints() throws IOException {
    points = write("points.csv", 250e6, 460e6, 980e6);
    large = write("large.csv", 7.8e9);
  }

  private Path write(String name, double... sizes) throws IOException {
    var truth = new ScalingFit(ScalingLaw.NEO, PLANTED);
    var csv = new StringBuilder("n,d,loss\n");
    for (double n : sizes) {
      for (double d = 16.78e9; d <= 1.0027e12; d += 16.78e9) {
        csv.append(n).append(',').append(d).append(',').append(truth.loss(n, d)).append('\n');
      }
    }
    return Files.writeString(folder.resolve(name), csv);
  }

  private String neo(int exitCode, String... options) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var printed = new ByteArrayOutputStream();
    try (var stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(stream);
      System.setErr(stream);
      String[] arguments =
          Stream.concat(Stream.of("scaling"), Stream.of(options)).toArray(String[]::new);
      int exit = Main.run(arguments);
      assertEquals(exitCode, exit, printed.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldFitPredictAndOptimise() throws IOException {
    Path plot = folder.resolve("residuals.svg");
    String printed =
        neo(
            0,
            "fit",
            "--points",
            points.toString(),
            "--law",
            "NEO",
            "--test",
            large.toString(),
            "--bootstrap",
            "40",
            "--plot",
            plot.toString(),
            "--json");

    JsonNode fit = new ObjectMapper().readTree(printed);
    assertEquals("neo", fit.get("law").asText());
    PLANTED.forEach(
        (name, value) -> {
          assertEquals(value, fit.at("/coefficients/" + name).asDouble(), 0.02 * value, name);
          JsonNode ends = fit.at("/intervals/" + name);
          assertTrue(ends.get(0).asDouble() <= value * 1.001, name + " " + ends);
          assertTrue(ends.get(1).asDouble() >= value * 0.999, name + " " + ends);
        });
    assertEquals(1, fit.get("r2").asDouble(), 1e-9);
    assertEquals(0, fit.get("huber").asDouble(), 1e-12);
    assertEquals(1, fit.at("/test/r2").asDouble(), 1e-6);
    assertTrue(Files.readString(plot).contains("N = 7.80e+09"));

    String file = Files.writeString(folder.resolve("fit.json"), printed).toString();
    double loss = new ScalingFit(ScalingLaw.NEO, PLANTED).loss(7.8e9, 4.5e12);
    assertEquals(
        String.format(Locale.ROOT, "loss %.3f", loss),
        neo(0, "predict", "--fit", file, "--n", "7.8e9", "--d", "4.5e12").substring(0, 10));
    JsonNode best =
        new ObjectMapper().readTree(neo(0, "optimum", "--fit", file, "--flops", "1e23", "--json"));
    double n = best.get("n").asDouble();
    double d = best.get("d").asDouble();
    assertEquals(1e23, 6 * n * d, 1e14);
    assertEquals(
        0.34 * 406.4 * Math.pow(n, -0.34),
        0.28 * 410.7 * Math.pow(d, -0.28) + 0.02,
        1e-3,
        "alpha A N^-alpha = beta B D^-beta + d");
  }

  @Test
  void shouldSayThatTheLawFallsWithoutEnd() {
    String printed = neo(0, "fit", "--points", points.toString(), "--bootstrap", "0");

    assertTrue(printed.contains("falls without end as D grows"), printed);
    assertFalse(
        neo(0, "fit", "--points", points.toString(), "--law", "chinchilla", "--bootstrap", "0")
            .contains("without end"));
  }

  @Test
  void shouldPutTheLawFirstThatHoldsBest() throws IOException {
    JsonNode laws =
        new ObjectMapper()
            .readTree(
                neo(
                    0,
                    "compare",
                    "--points",
                    points.toString(),
                    "--test",
                    large.toString(),
                    "--json"));

    assertEquals(4, laws.size());
    assertEquals("neo", laws.get(0).get("law").asText());
    for (int i = 1; i < 4; i++) {
      assertTrue(
          laws.get(i).at("/test/huber").asDouble() > laws.get(i - 1).at("/test/huber").asDouble());
    }
  }

  @Test
  void shouldRefuseWhatCannotBe() throws IOException {
    Path two = write("two.csv", 250e6, 460e6);
    String file =
        Files.writeString(folder.resolve("fit.json"), "{\"law\":\"neo\",\"coefficients\":{}}")
            .toString();
    String given = points.toString();
    for (List<String> wrong :
        List.of(
            List.of("one of fit, compare, predict, optimum must be given"),
            List.of("law must be one of neo", "fit", "--points", given, "--law", "linear"),
            List.of("at least 3 different sizes: sizes=2", "fit", "--points", two.toString()),
            List.of("at least 40: bootstrap=7", "fit", "--points", given, "--bootstrap", "7"),
            List.of("--plot must be a file", "fit", "--points", given, "--plot", "/"),
            List.of("A=null", "predict", "--fit", file, "--n", "1", "--d", "1"),
            List.of("must be a readable JSON", "predict", "--fit", "no", "--n", "1", "--d", "1"),
            List.of("--n must be above 0: n=0.0", "predict", "--fit", file, "--n", "0", "--d", "1"),
            List.of("--flops must be above 0", "optimum", "--fit", file, "--flops", "-1"))) {
      String printed = neo(2, wrong.subList(1, wrong.size()).toArray(String[]::new));
      assertTrue(printed.contains(wrong.get(0)), wrong + ": " + printed);
    }
  }
}
