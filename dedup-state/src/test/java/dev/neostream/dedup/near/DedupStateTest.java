package dev.neostream.dedup.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.dedup.Priority;
import dev.neostream.dedup.near.Collection.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DedupStateTest {

  private static final Priority PRIORITY = Priority.EARLIEST;

  @TempDir Path folder;

  private final Deduplication deduplication = new StarClusters(StarClustersTest.all(PRIORITY));
  private final List<Document> documents = Collection.families(5, 60);

  private static TreeMap<String, String> add(
      Path state, Deduplication deduplication, Priority priority, List<Document> documents)
      throws IOException {
    try (DedupState open = DedupState.open(state, deduplication.settings())) {
      Collection.add(open.documents(), deduplication, priority, documents);
      Decisions now = deduplication.decide(open.documents());
      open.commit(now);
      return Collection.outcomes(open.documents(), now);
    }
  }

  private TreeMap<String, String> add(Path state, List<Document> documents) throws IOException {
    return add(state, deduplication, PRIORITY, documents);
  }

  @ParameterizedTest
  @EnumSource(Priority.class)
  void shouldDecideAboutTenPiecesInAnyOrderAsAtOnce(Priority priority) throws IOException {
    var configured = new StarClusters(StarClustersTest.all(priority));
    TreeMap<String, String> atOnce =
        Collection.decide(folder.resolve("spill"), configured, priority, documents);
    List<List<Document>> pieces = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      int size = documents.size();
      pieces.add(documents.subList(i * size / 10, (i + 1) * size / 10));
    }
    for (int seed = 0; seed < 3; seed++) {
      Collections.shuffle(pieces, new Random(seed));
      TreeMap<String, String> last = new TreeMap<>();
      for (List<Document> piece : pieces) {
        last = add(folder.resolve("state" + seed), configured, priority, piece);
      }

      assertEquals(atOnce, last);
    }
  }

  @Test
  void shouldRememberWhatWasDecided() throws IOException {
    Path state = folder.resolve("state");
    TreeMap<String, String> decided = add(state, documents);

    try (DedupState open = DedupState.open(state, deduplication.settings())) {
      assertEquals(decided, Collection.outcomes(open.documents(), open.decisions()));
      Decisions now = deduplication.decide(open.documents());
      for (int i = 0; i < now.size(); i++) {
        assertTrue(now.agrees(open.decisions(), i));
        assertEquals(now.jaccard(i), open.decisions().jaccard(i));
      }
    }
  }

  @Test
  void shouldKnowDocumentsOfEarlierCalls() throws IOException {
    Path state = folder.resolve("state");
    TreeMap<String, String> decided = add(state, documents);

    assertEquals(decided, add(state, documents));
    try (DedupState open = DedupState.open(state, deduplication.settings())) {
      assertEquals(documents.size(), open.documents().size());
    }
  }

  @Test
  void shouldRefuseOtherSettingsByName() throws IOException {
    Path state = folder.resolve("state");
    add(state, documents);
    var latest = new StarClusters(StarClustersTest.all(Priority.LATEST));

    var refusal =
        assertThrows(
            IllegalArgumentException.class, () -> DedupState.open(state, latest.settings()));
    assertTrue(
        refusal
            .getMessage()
            .startsWith(
                "priority must be what the state was made with: state=earliest, given=latest"),
        refusal.getMessage());
  }

  /** What a process leaves that is killed behind each of the writes of a call. */
  @Test
  void shouldBeAsBeforeTheCallThatWasKilled() throws IOException {
    int half = documents.size() / 2;
    Path state = folder.resolve("state");
    add(state, documents.subList(0, half));
    byte[] before = Files.readAllBytes(state.resolve("decisions"));
    TreeMap<String, String> after = add(state, documents.subList(half, documents.size()));
    byte[] traits = Files.readAllBytes(state.resolve("documents-1"));
    byte[] decisions = Files.readAllBytes(state.resolve("decisions"));

    for (int kept : new int[] {0, 7, traits.length / 2, traits.length}) {
      for (int written : new int[] {-1, 0, decisions.length / 2, decisions.length}) {
        Files.write(state.resolve("decisions"), before);
        byte[] partial = Arrays.copyOf(traits, kept);
        Files.write(state.resolve("documents-1"), partial);
        if (written >= 0) {
          Files.write(state.resolve("decisions.partial"), Arrays.copyOf(decisions, written));
        }

        assertEquals(after, add(state, documents.subList(half, documents.size())));
      }
    }
  }

  @Test
  void shouldRefuseADamagedState() throws IOException {
    Path state = folder.resolve("state");
    add(state, documents);
    for (String name : List.of("decisions", "documents-0")) {
      byte[] whole = Files.readAllBytes(state.resolve(name));
      byte[] flipped = whole.clone();
      flipped[flipped.length / 2] ^= 1;
      for (byte[] damaged : List.of(flipped, Arrays.copyOf(whole, whole.length - 1))) {
        Files.write(state.resolve(name), damaged);

        var failure =
            assertThrows(IOException.class, () -> DedupState.open(state, deduplication.settings()));
        assertTrue(failure.getMessage().contains("damaged"), failure.getMessage());
      }
      Files.write(state.resolve(name), whole);
    }
    assertFalse(add(state, documents).isEmpty());
  }

  @Test
  void shouldRefuseAStateInUse() throws IOException {
    Path state = folder.resolve("state");
    try (DedupState open = DedupState.open(state, deduplication.settings())) {
      assertEquals(0, open.documents().size());
      assertThrows(
          IllegalStateException.class, () -> DedupState.open(state, deduplication.settings()));
    }
  }
}
