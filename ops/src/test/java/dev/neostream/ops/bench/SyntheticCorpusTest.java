package dev.neostream.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.minhash.Fingerprinter;
import dev.neostream.dedup.minhash.Similarity;
import dev.neostream.dedup.shingle.ShingleKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticCorpusTest {

  private static final int DOCUMENTS = 400;

  @TempDir Path folder;

  private List<String> texts(String name, long seed, double duplicates) throws IOException {
    var json = new ObjectMapper();
    var texts = new ArrayList<String>();
    for (Path file : new SyntheticCorpus(seed).write(folder.resolve(name), DOCUMENTS, duplicates)) {
      for (String line : Files.readAllLines(file)) {
        texts.add(json.readTree(line).get("text").asText());
      }
    }
    return texts;
  }

  @Test
  void shouldBeTheSameForTheSameSeed() throws IOException {
    assertEquals(texts("a", 1, 0.5), texts("b", 1, 0.5));
    assertNotEquals(texts("c", 1, 0.5), texts("d", 2, 0.5));
  }

  @Test
  void shouldHoldNoDuplicatesWithoutAShareOfThem() throws IOException {
    List<String> texts = texts("a", 1, 0);

    assertEquals(DOCUMENTS, new HashSet<>(texts).size());
    assertEquals(5_000, texts.stream().mapToInt(String::length).average().orElseThrow(), 1_000);
  }

  @Test
  void shouldHoldAsManyExactAndNearDuplicatesAsAskedFor() throws IOException {
    List<String> texts = texts("a", 1, 0.6);
    var fingerprinter = new Fingerprinter(ShingleKind.words5());
    List<Fingerprint> unequal = new ArrayList<>();
    int near = 0;
    for (String text : new HashSet<>(texts)) {
      Fingerprint print = fingerprinter.of(text.getBytes(StandardCharsets.UTF_8));
      // Five per cent of the words edited leave about 0.6 of the shingles.
      if (unequal.stream().anyMatch(p -> Similarity.verify(p, print, 0.5).isPresent())) {
        near++;
      }
      unequal.add(print);
    }

    int exact = DOCUMENTS - unequal.size();
    // Five standard deviations of 400 draws with probability 0.3 are 46.
    assertEquals(0.3 * DOCUMENTS, exact, 46);
    assertEquals(0.3 * DOCUMENTS, near, 46);
    assertTrue(exact + near < DOCUMENTS);
  }
}
