package dev.neostream.schemas.topic;

import dev.neostream.schemas.Topics;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Creates a run's topics. */
public final class TopicAdmin {

  private TopicAdmin() {}

  /** Creates those topics that do not exist yet. */
  public static void create(KafkaConnection connection, List<Topics.Spec> specs) {
    try (Admin admin = Admin.create(connection.admin())) {
      Set<String> existing = new HashSet<>(admin.listTopics().names().get());
      List<NewTopic> missing =
          specs.stream()
              .filter(spec -> !existing.contains(spec.name()))
              .map(
                  spec ->
                      new NewTopic(spec.name(), spec.partitions(), (short) spec.replication())
                          .configs(spec.config()))
              .toList();
      admin.createTopics(missing).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("topics could not be created", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating topics", e);
    }
  }
}
