package dev.neostream.clean.html;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The article extraction benchmark's own measure on its 60 development pages. */
class ArticleExtractionTest {

  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

  @Test
  void shouldMatchPublishedExtractors() throws IOException {
    Path data = SharedData.folder("article-extraction-dev");
    JsonNode truth = new ObjectMapper().readTree(data.resolve("ground-truth.json").toFile());
    var mainText = new MainText();
    double precision = 0;
    double recall = 0;

    for (Map.Entry<String, JsonNode> page : truth.properties()) {
      byte[] html = SharedData.read(data.resolve("html").resolve(page.getKey() + ".html.gz"));
      Map<String, Integer> extracted =
          shingles(new String(mainText.extract(html), StandardCharsets.UTF_8));
      Map<String, Integer> expected = shingles(page.getValue().get("articleBody").asText());
      double matched =
          extracted.entrySet().stream()
              .mapToInt(s -> Math.min(s.getValue(), expected.getOrDefault(s.getKey(), 0)))
              .sum();
      precision += matched / Math.max(1, total(extracted)) / truth.size();
      recall += matched / Math.max(1, total(expected)) / truth.size();
    }

    double f1 = 2 * precision * recall / (precision + recall);
    System.out.printf("article extraction: P %.3f R %.3f F1 %.3f%n", precision, recall, f1);
    assertTrue(
        f1 >= 0.975,
        "F1 must not fall below 0.975, trafilatura is at 0.969 on the same pages: f1=" + f1);
  }

  private static Map<String, Integer> shingles(String text) {
    List<String> words = new ArrayList<>(WORD.matcher(text).results().map(m -> m.group()).toList());
    Map<String, Integer> shingles = new HashMap<>();
    int length = Math.min(4, words.size());
    for (int i = 0; length > 0 && i + length <= words.size(); i++) {
      shingles.merge(String.join(" ", words.subList(i, i + length)), 1, Integer::sum);
    }
    return shingles;
  }

  private static int total(Map<String, Integer> shingles) {
    return shingles.values().stream().mapToInt(Integer::intValue).sum();
  }
}
