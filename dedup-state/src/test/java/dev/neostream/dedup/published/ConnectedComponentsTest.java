package dev.neostream.dedup.published;

import static dev.neostream.dedup.near.Collection.document;
import static dev.neostream.dedup.near.Collection.words;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.Priority;
import dev.neostream.dedup.near.Collection;
import dev.neostream.dedup.near.Collection.Document;
import dev.neostream.dedup.near.Deduplication;
import dev.neostream.dedup.near.StarClusters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectedComponentsTest {

  @TempDir Path folder;

  private TreeMap<String, String> decide(Deduplication deduplication, Document... documents)
      throws IOException {
    return Collection.decide(
        folder.resolve("spill"), deduplication, Priority.EARLIEST, List.of(documents));
  }

  private TreeMap<String, String> decide(Document... documents) throws IOException {
    return decide(new ConnectedComponents(DedupConfig.recommended()), documents);
  }

  @Test
  void shouldMergeAllTextsShorterThanAShingleAsTheOriginalDoes() throws IOException {
    Document[] documents = {
      document("b", "one"), document("a", "another"), document("c", "third text!")
    };

    assertEquals(Map.of("a", "unique", "b", "a MINHASH", "c", "a MINHASH"), decide(documents));
    assertEquals(
        Map.of("a", "unique", "b", "unique", "c", "unique"),
        decide(new StarClusters(DedupConfig.recommended()), documents));
  }

  @Test
  void shouldFollowChainsWithoutComparing() throws IOException {
    String[] words = words(1, 2_000).split(" ");
    Document[] chain = new Document[50];
    for (int i = 0; i < chain.length; i++) {
      chain[i] = document("d" + (10 + i), String.join(" ", words));
      System.arraycopy(words(100 + i, 40).split(" "), 0, words, 40 * i, 40);
    }

    TreeMap<String, String> outcomes = decide(chain);

    // The last has 40 words of 2,000 in common with the first.
    assertEquals("d10 MINHASH", outcomes.get("d59"));
  }

  @Test
  void shouldTakeTextsForEqualByteForByte() throws IOException {
    assertEquals(
        Map.of("a", "unique", "b", "a EXACT", "c", "unique"),
        decide(
            new ConnectedComponents(
                new DedupConfig(
                    List.of(DedupStage.EXACT),
                    Priority.EARLIEST,
                    DedupConfig.recommended().shingles(),
                    DedupConfig.recommended().bands(),
                    0.8,
                    2,
                    false,
                    50,
                    20)),
            document("b", "A text"),
            document("a", "A text"),
            document("c", "a text")));
  }

  @Test
  void shouldRepresentSetsByTheirSmallest() {
    var sets = new UnionFind(6);
    sets.union(5, 3);
    sets.union(3, 4);
    sets.union(1, 4);

    assertEquals(
        List.of(0, 1, 2, 1, 1, 1), IntStream.range(0, 6).map(sets::smallest).boxed().toList());
  }
}
