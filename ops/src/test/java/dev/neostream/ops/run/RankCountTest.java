package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.Vitals;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.RankChange;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class RankCountTest {

  @TempDir static Path kafka;
  private static EmbeddedBroker broker;

  private final List<String> said = new ArrayList<>();
  private final Ranks ranks = new Ranks();
  private KafkaConnection connection;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(kafka);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void connect(TestInfo test) {
    String method = test.getTestMethod().orElseThrow().getName();
    connection = broker.connection(new Topics("t" + Integer.toUnsignedString(method.hashCode())));
    TopicAdmin.create(connection, connection.topics().all(List.of(), 1, 1, 1));
  }

  /** Notes what it is asked for, and answers as it is told to. */
  private static final class Ranks implements Engines.Ranks {

    private final List<String> asked = new ArrayList<>();
    private Engines.Resize answer = Engines.Resize.UNDER_WAY;

    @Override
    public boolean finished() {
      return false;
    }

    @Override
    public Optional<Engines.Failed> failure() {
      return Optional.empty();
    }

    @Override
    public boolean replaceKilled(int generation) {
      return true;
    }

    @Override
    public Engines.Resize resize(int number, int generation) {
      asked.add(number + " in ring " + generation);
      return answer;
    }

    @Override
    public List<Vitals.Rank> vitals() {
      return List.of();
    }

    @Override
    public void requestStop() {}

    @Override
    public boolean await(Duration deadline) {
      return true;
    }

    @Override
    public void close() {}
  }

  private RankCount count() {
    return new RankCount(new RankChanges(connection), 2, Path.of("/logs"), said::add);
  }

  private void ask(int before, int number, String reason) {
    try (var changes = new RankChanges(connection)) {
      changes.ask(before, number, "tester", reason, 7);
    }
  }

  @Test
  void shouldComeToTheNumberAskedForAndStartWithItAgain() {
    try (RankCount count = count()) {
      assertEquals(2, count.start());
      assertEquals(1, count.nextRing());
      count.follow(ranks);
      assertEquals(List.of(), ranks.asked);
      assertEquals(new Status.Ranks(2, 2, 2, "", "", 0), count.status());

      ask(2, 4, "more cores");
      count.follow(ranks);
      count.follow(ranks);
      assertEquals(new Status.Ranks(2, 4, 2, "tester", "more cores", 7), count.status());
      ranks.answer = Engines.Resize.DONE;
      count.follow(ranks);
      count.follow(ranks);

      assertEquals(List.of("4 in ring 2", "4 in ring 2", "4 in ring 2"), ranks.asked);
      assertEquals(new Status.Ranks(4, 4, 2, "tester", "more cores", 7), count.status());
      assertEquals(
          List.of(
              "Ranks: 2 -> 4, asked for by tester (more cores)",
              "Ranks: 4, with what the others hold"),
          said);
    }
    try (RankCount again = count()) {
      assertEquals(4, again.start());
    }
  }

  @Test
  void shouldBeginAnewWhereALostRankOrAnotherNumberComesBetween() {
    try (RankCount count = count()) {
      count.start();
      count.nextRing();
      ask(2, 4, "");
      count.follow(ranks);
      assertEquals(3, count.nextRing(), "the ring with the one in a lost rank's place");
      count.follow(ranks);
      ask(4, 2, "");
      count.follow(ranks);
      ranks.answer = Engines.Resize.DONE;
      count.follow(ranks);
      count.follow(ranks);

      assertEquals(
          List.of("4 in ring 2", "4 in ring 4", "2 in ring 5", "2 in ring 5"), ranks.asked);
      assertEquals(2, count.status().training());
    }
  }

  @Test
  void shouldStayAsItIsAfterAFailureUntilItIsAskedAgain() {
    try (RankCount count = count()) {
      count.start();
      count.nextRing();
      ask(2, 4, "");
      ranks.answer = Engines.Resize.FAILED;
      count.follow(ranks);
      count.follow(ranks);

      assertEquals(List.of("4 in ring 2"), ranks.asked);
      assertEquals(2, count.start(), "all that are started again");
      assertEquals(
          "Ranks: still 2, for a new one ended before it was ready; see /logs",
          said.get(said.size() - 1));
      ask(4, 3, "");
      ranks.answer = Engines.Resize.DONE;
      count.follow(ranks);
      assertEquals(3, count.status().training());
    }
  }

  @Test
  void shouldPassOverAChangeThatOvertakesAnother() {
    ask(2, 4, "");
    try (var writer =
        new TopicWriter<>(connection, connection.topics().trainRanks(), RankChange.class)) {
      writer.write(new RankChange(1, 2, 3, "late", "", 8L));
    }
    try (RankCount count = count()) {
      assertEquals(4, count.start());
      assertEquals("tester", count.status().author());
    }
  }
}
