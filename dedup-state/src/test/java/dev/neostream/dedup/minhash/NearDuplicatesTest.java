package dev.neostream.dedup.minhash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.SharedData;
import dev.neostream.dedup.shingle.ShingleKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Licence texts of which the similarity of every pair is known. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NearDuplicatesTest {

  private record Pair(String a, String b, double jaccard) {}

  private final Map<String, Fingerprint> fingerprints = new HashMap<>();
  private List<Pair> pairs;

  @BeforeAll
  void read() throws IOException {
    Path folder = SharedData.folder("near-duplicates");
    var fingerprinter = new Fingerprinter(ShingleKind.words5());
    var json = new ObjectMapper();
    for (String line : SharedData.lines(folder.resolve("documents.jsonl.gz"))) {
      var document = json.readTree(line);
      byte[] utf8 = document.get("text").asText().getBytes(StandardCharsets.UTF_8);
      fingerprints.put(document.get("id").asText(), fingerprinter.of(utf8));
    }
    pairs =
        SharedData.lines(folder.resolve("pairs.tsv")).stream()
            .skip(1)
            .map(line -> line.split("\t"))
            .map(fields -> new Pair(fields[0], fields[1], Double.parseDouble(fields[2])))
            .toList();
  }

  @Test
  void shouldCountTheTrueSimilarity() {
    for (Pair pair : pairs) {
      var counted =
          Similarity.verify(fingerprints.get(pair.a), fingerprints.get(pair.b), 0).orElseThrow();

      assertEquals(pair.jaccard, counted.jaccard(), 0.001, pair.toString());
      assertTrue(counted.exact());
    }
  }

  @Test
  void shouldVerifyWhatReachesTheThresholdAndNothingElse() {
    for (Pair pair : pairs) {
      if (Math.abs(pair.jaccard - 0.8) > 0.0001) {
        boolean verified =
            Similarity.verify(fingerprints.get(pair.a), fingerprints.get(pair.b), 0.8).isPresent();

        assertEquals(pair.jaccard > 0.8, verified, pair.toString());
      }
    }
  }

  @Test
  void shouldProposeNearlyAllNearDuplicates() {
    Bands bands = DedupConfig.recommended().bands();
    List<Pair> near = pairs.stream().filter(pair -> pair.jaccard >= 0.8).toList();

    long proposed = near.stream().filter(pair -> proposed(bands, pair)).count();

    assertTrue(proposed >= 0.99 * near.size(), () -> proposed + " of " + near.size());
  }

  private boolean proposed(Bands bands, Pair pair) {
    var keys =
        Arrays.stream(bands.keys(fingerprints.get(pair.a))).boxed().collect(Collectors.toSet());
    return Arrays.stream(bands.keys(fingerprints.get(pair.b))).anyMatch(keys::contains);
  }
}
