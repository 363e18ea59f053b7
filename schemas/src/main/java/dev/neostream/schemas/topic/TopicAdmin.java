package dev.neostream.schemas.topic;

import dev.neostream.schemas.Topics;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;

/** Creates a run's topics. */
public final class TopicAdmin {

  private static final long KNOWN_NANOS = 30_000_000_000L;

  private TopicAdmin() {}

  /**
   * Creates those topics that do not exist yet.
   *
   * @throws IllegalStateException if one exists with another number of partitions: whoever writes
   *     to a partition that is not there waits for it, and a partition that nobody reads is lost
   */
  public static void create(KafkaConnection connection, List<Topics.Spec> specs) {
    try (Admin admin = Admin.create(connection.admin())) {
      Set<String> existing = new HashSet<>(admin.listTopics().names().get());
      requirePartitions(
          admin, specs.stream().filter(spec -> existing.contains(spec.name())).toList());
      List<NewTopic> missing =
          specs.stream()
              .filter(spec -> !existing.contains(spec.name()))
              .map(
                  spec ->
                      new NewTopic(spec.name(), spec.partitions(), (short) spec.replication())
                          .configs(spec.config()))
              .toList();
      admin.createTopics(missing).all().get();
      awaitKnown(admin, missing.stream().map(NewTopic::name).toList());
    } catch (ExecutionException e) {
      throw new IllegalStateException("topics could not be created", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating topics", e);
    }
  }

  /** Brokers tell of a topic a moment after it is made; who reads it before that reads nothing. */
  private static void awaitKnown(Admin admin, List<String> made)
      throws ExecutionException, InterruptedException {
    long begun = System.nanoTime();
    while (!admin.listTopics().names().get().containsAll(made)) {
      if (System.nanoTime() - begun > KNOWN_NANOS) {
        throw new IllegalStateException("brokers must know topics that were made: topics=" + made);
      }
    }
  }

  private static void requirePartitions(Admin admin, List<Topics.Spec> specs)
      throws ExecutionException, InterruptedException {
    Map<String, TopicDescription> topics =
        admin.describeTopics(specs.stream().map(Topics.Spec::name).toList()).allTopicNames().get();
    for (Topics.Spec spec : specs) {
      int partitions = topics.get(spec.name()).partitions().size();
      if (partitions != spec.partitions()) {
        throw new IllegalStateException(
            "a topic must have the partitions that the run asks for: topic="
                + spec.name()
                + ", partitions="
                + partitions
                + ", asked="
                + spec.partitions()
                + "; give the number that the topic was made with, or start a new run");
      }
    }
  }
}
