package dev.neostream.ops.monitor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What Prometheus reads of a run, in its text format.
 *
 * @param help text by family
 * @param type counter, gauge ... by family
 * @param samples value by name and labels
 */
public record Scrape(
    Map<String, String> help, Map<String, String> type, Map<String, Double> samples) {

  public static Scrape of(int port) throws IOException, InterruptedException {
    String page =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return new Scrape(
        comments(page, "# HELP "),
        comments(page, "# TYPE "),
        lines(
            page,
            line -> !line.startsWith("#"),
            line -> line.substring(0, line.lastIndexOf(' ')),
            line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
  }

  /** Returns the samples that are the run's own, and not the process's. */
  Map<String, Double> own() {
    var own = new TreeMap<>(samples);
    own.keySet().removeIf(name -> !name.startsWith("neo_"));
    return own;
  }

  private static Map<String, String> comments(String page, String begin) {
    return lines(
        page,
        line -> line.startsWith(begin),
        line -> line.split(" ", 4)[2],
        line -> line.split(" ", 4).length < 4 ? "" : line.split(" ", 4)[3]);
  }

  private static <T> Map<String, T> lines(
      String page, Predicate<String> which, UnaryOperator<String> key, Function<String, T> value) {
    return page.lines()
        .filter(which)
        .collect(
            Collectors.toMap(
                key,
                value,
                (a, b) -> {
                  throw new AssertionError("a line must be there once: " + a + ", " + b);
                },
                TreeMap::new));
  }
}
