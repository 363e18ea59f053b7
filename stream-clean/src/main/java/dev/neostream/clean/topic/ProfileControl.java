package dev.neostream.clean.topic;

import dev.neostream.clean.CleanConfig;
import dev.neostream.schemas.avro.ProfileRole;
import dev.neostream.schemas.avro.ProfileUpdate;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shows and changes the cleaning profiles of a running job from outside. */
public final class ProfileControl {

  private final KafkaConnection connection;
  private final CleanConfig config;

  /** An update and why it did not count; empty if it did. */
  public record Change(ProfileUpdate update, Optional<String> problem) {}

  /**
   * @param config what the job was started with
   */
  public ProfileControl(KafkaConnection connection, CleanConfig config) {
    this.connection = connection;
    this.config = config;
  }

  /** Returns every update so far, in order. */
  public List<Change> history() {
    var changes = new ArrayList<Change>();
    var inForce = ProfilesInForce.initial(config);
    for (ProfileUpdate update : updates()) {
      changes.add(new Change(update, inForce.problem(update)));
      inForce = inForce.apply(update);
    }
    return changes;
  }

  /** Returns the profiles in force. */
  public ProfilesInForce inForce() {
    var inForce = ProfilesInForce.initial(config);
    for (ProfileUpdate update : updates()) {
      inForce = inForce.apply(update);
    }
    return inForce;
  }

  /**
   * Sends a profile and returns its version. It is in force for the documents that reach the job
   * after it; which ones is to be seen from the profile versions that rejects carry.
   *
   * @param yaml the profile; empty to end the shadow
   * @param sentAt when, milliseconds since the epoch
   * @throws IllegalArgumentException if the profile is wrong
   * @throws IllegalStateException if another update came between
   */
  public int send(ProfileRole role, String yaml, String author, String reason, long sentAt) {
    ProfilesInForce inForce = inForce();
    var update = new ProfileUpdate(inForce.version() + 1, role, yaml, author, reason, sentAt);
    inForce
        .problem(update)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
    try (var writer =
        new TopicWriter<>(connection, connection.topics().cleanProfiles(), ProfileUpdate.class)) {
      writer.write(update);
    }
    boolean counts =
        history().stream()
            .anyMatch(change -> change.update().equals(update) && change.problem().isEmpty());
    if (!counts) {
      throw new IllegalStateException(
          "another update came between: version="
              + update.getVersion()
              + "; look at it and repeat");
    }
    return update.getVersion();
  }

  private List<ProfileUpdate> updates() {
    try (var reader =
        new TopicReader<>(connection, connection.topics().cleanProfiles(), ProfileUpdate.class)) {
      return reader.readToEnd();
    }
  }
}
