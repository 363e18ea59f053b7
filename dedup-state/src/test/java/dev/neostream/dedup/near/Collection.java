package dev.neostream.dedup.near;

import dev.neostream.dedup.Priority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Documents made from a seed, and what becomes of them. */
public final class Collection {

  /** A document. */
  public record Document(String id, String url, long crawledAt, float quality, String text) {}

  private Collection() {}

  public static Document document(String id, String text) {
    return new Document(id, "", 0, Float.NaN, text);
  }

  /** Returns words that no other seed gives. */
  public static String words(long seed, int count) {
    var random = new SplittableRandom(seed);
    return IntStream.range(0, count)
        .mapToObj(i -> Long.toString(random.nextLong(1L << 40), 36))
        .collect(Collectors.joining(" "));
  }

  /** Returns families of edited copies, exact copies, shared URLs and short texts. */
  public static List<Document> families(long seed, int families) {
    var random = new SplittableRandom(seed);
    var documents = new ArrayList<Document>();
    for (int family = 0; family < families; family++) {
      List<String> words =
          List.of(words(seed * 1_000 + family, 100 + random.nextInt(100)).split(" "));
      for (int copy = random.nextInt(6); copy >= 0; copy--) {
        var edited = new ArrayList<>(words);
        for (int edits = random.nextInt(8); edits > 0; edits--) {
          edited.set(random.nextInt(edited.size()), Integer.toString(random.nextInt(1_000)));
        }
        String text = random.nextInt(8) == 0 ? "Short " + family : String.join(" ", edited);
        documents.add(
            new Document(
                "d" + random.nextInt(1_000_000),
                random.nextInt(3) == 0 ? "http://example.org/" + random.nextInt(families) : "",
                random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(50),
                random.nextInt(4) == 0 ? Float.NaN : random.nextInt(10) / 10f,
                text));
      }
    }
    return documents.stream()
        .sorted(Comparator.comparing(Document::id))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  public static void add(
      Catalogue to, Deduplication deduplication, Priority priority, List<Document> documents) {
    Deduplication.Sketcher sketcher = deduplication.sketcher();
    for (Document document : documents) {
      byte[] utf8 = document.text().getBytes(StandardCharsets.UTF_8);
      to.add(
          sketcher.of(
              document.id(),
              priority.key(document.crawledAt(), utf8.length, document.quality()),
              document.url(),
              utf8));
    }
  }

  /** Returns what was decided: id to "unique" or canonical and rule. */
  public static TreeMap<String, String> outcomes(Catalogue documents, Decisions decisions) {
    var outcomes = new TreeMap<String, String>();
    for (int i = 0; i < documents.size(); i++) {
      String outcome =
          decisions.isUnique(i)
              ? "unique"
              : documents.id(decisions.canonical(i)) + " " + decisions.rule(i);
      outcomes.put(documents.id(i), outcome);
    }
    return outcomes;
  }

  /** Decides about documents at once. */
  public static TreeMap<String, String> decide(
      Path file, Deduplication deduplication, Priority priority, List<Document> documents)
      throws IOException {
    try (Catalogue catalogue = Catalogue.temporary(file)) {
      add(catalogue, deduplication, priority, documents);
      return outcomes(catalogue, deduplication.decide(catalogue));
    }
  }
}
