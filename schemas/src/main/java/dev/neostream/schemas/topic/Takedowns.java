package dev.neostream.schemas.topic;

import dev.neostream.schemas.avro.Takedown;
import java.util.ArrayList;
import java.util.List;

/** The takedowns of a run. */
public final class Takedowns {

  private Takedowns() {}

  /** Returns every takedown that counts, in order: the first has version 1, the next 2. */
  public static List<Takedown> of(KafkaConnection connection) {
    List<Takedown> counted = new ArrayList<>();
    try (var reader =
        new TopicReader<>(connection, connection.topics().takedowns(), Takedown.class)) {
      reader.readToEnd(
          takedown -> {
            if (takedown.getVersion() == counted.size() + 1) {
              counted.add(takedown);
            }
          });
    }
    return counted;
  }
}
