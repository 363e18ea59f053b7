package dev.neostream.dedup.near;

import static dev.neostream.dedup.near.Collection.document;
import static dev.neostream.dedup.near.Collection.words;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.Priority;
import dev.neostream.dedup.minhash.Bands;
import dev.neostream.dedup.near.Collection.Document;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StarClustersTest {

  @TempDir Path folder;

  static DedupConfig config(Priority priority, DedupStage... stages) {
    DedupConfig standard = DedupConfig.recommended();
    return new DedupConfig(
        List.of(stages),
        priority,
        standard.shingles(),
        standard.bands(),
        standard.threshold(),
        standard.sightings(),
        standard.passagesByHost(),
        standard.window(),
        standard.minCharacters());
  }

  static DedupConfig all(Priority priority) {
    return config(priority, DedupStage.URL, DedupStage.EXACT, DedupStage.MINHASH);
  }

  private TreeMap<String, String> decide(Document... documents) throws IOException {
    return Collection.decide(
        folder.resolve("spill"),
        new StarClusters(all(Priority.EARLIEST)),
        Priority.EARLIEST,
        List.of(documents));
  }

  /** Replaces words from an index on: each takes five shingles away and adds five. */
  private static String edited(String text, int from, int count) {
    String[] words = text.split(" ");
    for (int i = from; i < from + count; i++) {
      words[i] = "edit" + i;
    }
    return String.join(" ", words);
  }

  @Test
  void shouldNameTheFirstRuleThatApplies() throws IOException {
    String text = words(1, 200);
    var outcomes =
        decide(
            new Document("a", "http://a/", 0, 0, text),
            new Document("b", "http://A:80/#x", 0, 0, words(2, 200)),
            new Document("c", "http://a/", 0, 0, text),
            new Document("d", "", 0, 0, "  " + text.toUpperCase(Locale.ROOT)),
            new Document("e", "", 0, 0, edited(text, 50, 2)),
            new Document("f", "http://f/", 0, 0, words(3, 200)));

    assertEquals(
        Map.of(
            "a",
            "unique",
            "b",
            "a URL",
            "c",
            "a URL",
            "d",
            "a EXACT",
            "e",
            "a MINHASH",
            "f",
            "unique"),
        outcomes);
  }

  @Test
  void shouldNameTheSurvivorOfWhatALaterStageDropped() throws IOException {
    String a = words(1, 1_004);
    String near = edited(a, 300, 46); // 950 of 1,050 shingles in common
    var deduplication = new StarClusters(all(Priority.EARLIEST));
    try (Catalogue catalogue = Catalogue.temporary(folder.resolve("spill"))) {
      Collection.add(
          catalogue,
          deduplication,
          Priority.EARLIEST,
          List.of(
              document("a", a),
              new Document("b", "http://b/", 0, 0, near),
              new Document("c", "http://b/", 0, 0, words(2, 200)),
              document("d", near.toUpperCase(Locale.ROOT)),
              new Document("e", "http://e/", 0, 0, near),
              new Document("f", "http://e/", 0, 0, words(3, 200)),
              document("g", words(2, 200))));
      Decisions decisions = deduplication.decide(catalogue);

      // The text of c comes back with g, since c, dropped by its URL, is not the first with it.
      assertEquals(
          Map.of(
              "a",
              "unique",
              "b",
              "a MINHASH",
              "c",
              "a URL",
              "d",
              "a MINHASH",
              "e",
              "a MINHASH",
              "f",
              "a URL",
              "g",
              "unique"),
          Collection.outcomes(catalogue, decisions));
      for (int document : new int[] {1, 3, 4}) {
        assertEquals(950.0 / 1_050, decisions.jaccard(document).orElseThrow(), 1e-6);
        assertTrue(decisions.isExact(document));
      }
      assertTrue(decisions.jaccard(2).isEmpty());
      assertTrue(decisions.jaccard(5).isEmpty());
    }
  }

  @Test
  void shouldKeepBothEndsOfAChain() throws IOException {
    String a = words(1, 200);
    String b = edited(a, 20, 15); // 19 of 196 shingles differ: J = 177 / 215 = 0.82
    String c = edited(b, 120, 15);

    assertEquals(
        Map.of("a", "unique", "b", "a MINHASH", "c", "unique"),
        decide(document("a", a), document("b", b), document("c", c)));
    assertEquals(
        Map.of("2", "1 MINHASH", "1", "unique", "3", "1 MINHASH"),
        decide(document("2", a), document("1", b), document("3", c)));
  }

  @Test
  void shouldDecideByTheThresholdWhereTheSimilarityIsKnown() throws IOException {
    String a = words(1, 1_004); // 1000 shingles; k replaced in a row change k + 4 of them
    String above = edited(a, 300, 100); // 896 / 1104 = 0.812
    String below = edited(a, 300, 116); // 880 / 1120 = 0.786

    assertEquals("a MINHASH", decide(document("a", a), document("b", above)).get("b"));
    assertEquals("unique", decide(document("a", a), document("b", below)).get("b"));
  }

  @Test
  void shouldReportTheCountedSimilarity() throws IOException {
    String a = words(1, 1_004);
    var deduplication = new StarClusters(all(Priority.EARLIEST));
    try (Catalogue catalogue = Catalogue.temporary(folder.resolve("spill"))) {
      Collection.add(
          catalogue,
          deduplication,
          Priority.EARLIEST,
          List.of(document("a", a), document("b", edited(a, 300, 46))));
      Decisions decisions = deduplication.decide(catalogue);

      assertTrue(decisions.isExact(1));
      assertEquals(950.0 / 1_050, decisions.jaccard(1).orElseThrow(), 1e-6);
    }
  }

  @Test
  void shouldCompareShortTextsByTheExactRuleAlone() throws IOException {
    assertEquals(
        Map.of("a", "unique", "b", "unique", "c", "a EXACT", "d", "unique"),
        decide(
            document("a", "one two"),
            document("b", "one three"),
            document("c", "One  TWO"),
            document("d", "")));
  }

  @Test
  void shouldTakeDocumentsThatShareAnIdForTwo() throws IOException {
    var deduplication = new StarClusters(all(Priority.EARLIEST));
    try (Catalogue catalogue = Catalogue.temporary(folder.resolve("spill"))) {
      Collection.add(
          catalogue,
          deduplication,
          Priority.EARLIEST,
          List.of(document("a", "one"), document("a", "two"), document("a", "one")));

      assertEquals(2, catalogue.size());
      assertTrue(deduplication.decide(catalogue).isUnique(1));
    }
  }

  @ParameterizedTest
  @EnumSource(Priority.class)
  void shouldDecideTheSameInAnyOrderOfTheInput(Priority priority) throws IOException {
    List<Document> documents = Collection.families(3, 60);
    var deduplication = new StarClusters(all(priority));
    TreeMap<String, String> expected =
        Collection.decide(folder.resolve("spill"), deduplication, priority, documents);
    for (int seed = 0; seed < 20; seed++) {
      List<Document> shuffled = new ArrayList<>(documents);
      Collections.shuffle(shuffled, new Random(seed));

      assertEquals(
          expected, Collection.decide(folder.resolve("spill"), deduplication, priority, shuffled));
    }
    assertTrue(expected.containsValue("unique"));
    for (DedupStage rule : List.of(DedupStage.URL, DedupStage.EXACT, DedupStage.MINHASH)) {
      assertTrue(expected.values().stream().anyMatch(o -> o.endsWith(rule.name())), rule.name());
    }
    expected.values().stream()
        .filter(outcome -> !outcome.equals("unique"))
        .forEach(outcome -> assertEquals("unique", expected.get(outcome.split(" ")[0])));
  }

  @Test
  void shouldCountSurvivorsLeftOutOfAFullBucket() throws IOException {
    // Texts that share a start much longer than what tells them apart, below the threshold: with
    // rows of one bin nearly all of them meet in the same buckets.
    DedupConfig standard = all(Priority.EARLIEST);
    var deduplication =
        new StarClusters(
            new DedupConfig(
                standard.stages(),
                standard.priority(),
                standard.shingles(),
                new Bands(8, 1),
                0.99,
                2,
                false,
                50,
                20));
    String shared = words(1, 300);
    try (Catalogue catalogue = Catalogue.temporary(folder.resolve("spill"))) {
      List<Document> documents = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        documents.add(document("d" + i, shared + " " + words(100 + i, 40)));
      }
      Collection.add(catalogue, deduplication, Priority.EARLIEST, documents);
      Decisions decisions = deduplication.decide(catalogue);

      assertTrue(decisions.cappedBuckets() > 0, "full buckets");
      for (int i = 0; i < 100; i++) {
        assertTrue(decisions.isUnique(i));
      }
    }
  }
}
