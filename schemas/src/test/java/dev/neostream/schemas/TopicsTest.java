package dev.neostream.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicsTest {

  @Test
  void shouldNameTopicsByRunNameAndVersion() {
    var topics = new Topics("demo-1");

    assertEquals("demo-1.raw.documents.v1", topics.rawDocuments());
    assertEquals("demo-1.tokens.en.web.v1", topics.tokens("en.web"));
  }

  @Test
  void shouldTellWhatATopicIsCalledInEveryRun() {
    var topics = new Topics("demo-1");

    assertEquals("raw.documents", topics.nameOf(topics.rawDocuments()));
    assertEquals("tokens.en.web", topics.nameOf(topics.tokens("en.web")));
    for (String other :
        List.of("demo-2.raw.documents.v1", "demo-1.raw.documents", "__consumer_offsets")) {
      assertEquals(other, topics.nameOf(other));
    }
  }

  @Test
  void shouldListEveryTopicOnce() {
    List<Topics.Spec> specs = new Topics("demo").all(List.of("code", "heldout.code"), 3, 2, 1);

    assertEquals(specs.size(), specs.stream().map(Topics.Spec::name).distinct().count());
    assertTrue(
        specs.stream()
            .anyMatch(s -> s.name().equals("demo.tokens.code.v1") && s.partitions() == 2));
    assertTrue(
        specs.stream()
            .anyMatch(s -> s.name().equals("demo.raw.documents.v1") && s.partitions() == 3));
  }

  @Test
  void shouldKeepARecordOnAllBrokersButOneBeforeItCounts() {
    for (Topics.Spec spec : new Topics("demo").all(List.of("code"), 3, 2, 3)) {
      assertEquals(3, spec.replication(), spec.name());
      assertEquals("2", spec.config().get("min.insync.replicas"), spec.name());
    }
    for (Topics.Spec spec : new Topics("demo").all(List.of("code"), 3, 2, 1)) {
      assertEquals("1", spec.config().get("min.insync.replicas"), spec.name());
    }
  }

  @Test
  void shouldRefuseNamesThatKafkaOrAShellWouldMisread() {
    for (String name : List.of("", "Demo", "a.b", "../x", "-a", "a b")) {
      assertThrows(IllegalArgumentException.class, () -> new Topics(name), name);
    }
  }
}
