package dev.neostream.clean.html;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The measure of the benchmark of 340 pages of seven kinds: words as multisets, F1 a page. */
class WebPagesTest {

  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

  /** Means of F1 that must not be undercut: the best other extractor, or close below ours. */
  private static final Map<String, Double> FLOORS =
      Map.of(
          "article", 0.945,
          "documentation", 0.920,
          "service", 0.860,
          "forum", 0.810,
          "collection", 0.700,
          "listing", 0.765,
          "product", 0.695);

  @Test
  void shouldReadEachKindOfPage() throws IOException {
    Path data = SharedData.folder("web-pages-dev");
    JsonNode truth = new ObjectMapper().readTree(data.resolve("ground-truth.json").toFile());
    var mainText = new MainText();
    Map<String, double[]> sums = new TreeMap<>();

    for (Map.Entry<String, JsonNode> page : truth.properties()) {
      byte[] html = SharedData.read(data.resolve("html").resolve(page.getKey() + ".html.gz"));
      String text = new String(mainText.extract(html), StandardCharsets.UTF_8);
      double[] scores = scores(words(text), words(page.getValue().get("main_content").asText()));
      for (String kind : List.of(page.getValue().get("type").asText(), "all")) {
        double[] sum = sums.computeIfAbsent(kind, k -> new double[4]);
        for (int i = 0; i < 3; i++) {
          sum[i] += scores[i];
        }
        sum[3]++;
      }
    }

    sums.forEach(
        (kind, sum) ->
            System.out.printf(
                "%s: %.0f pages, P %.3f R %.3f F1 %.3f%n",
                kind, sum[3], sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3]));
    List<String> below =
        FLOORS.keySet().stream()
            .filter(kind -> sums.get(kind)[2] / sums.get(kind)[3] < FLOORS.get(kind))
            .sorted()
            .toList();
    assertEquals(List.of(), below);
  }

  /** Returns precision, recall and F1. */
  private static double[] scores(Map<String, Integer> found, Map<String, Integer> expected) {
    double matched =
        found.entrySet().stream()
            .mapToInt(word -> Math.min(word.getValue(), expected.getOrDefault(word.getKey(), 0)))
            .sum();
    double precision = share(matched, total(found), total(expected));
    double recall = share(matched, total(expected), total(found));
    double sum = precision + recall;
    return new double[] {precision, recall, sum > 0 ? 2 * precision * recall / sum : 0};
  }

  /** Nothing is right where nothing is wanted, and wrong elsewhere. */
  private static double share(double matched, int of, int other) {
    return of > 0 ? matched / of : other == 0 ? 1 : 0;
  }

  private static Map<String, Integer> words(String text) {
    Map<String, Integer> words = new HashMap<>();
    WORD.matcher(text.toLowerCase(Locale.ROOT))
        .results()
        .forEach(word -> words.merge(word.group(), 1, Integer::sum));
    return words;
  }

  private static int total(Map<String, Integer> words) {
    return words.values().stream().mapToInt(Integer::intValue).sum();
  }
}
