package dev.neostream.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.UserError;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.junit.jupiter.api.Test;

class LostRecordsTest {

  @Test
  void shouldNamePlaceAndRemedyHoweverDeepItLies() {
    var cause =
        new OffsetOutOfRangeException(
            Map.of(new TopicPartition("demo.raw.documents.v1", 1), 1150L));

    UserError lost =
        LostRecords.in(new RuntimeException("job", new IllegalStateException("task", cause)))
            .orElseThrow();

    assertEquals(UserError.FAILED, lost.exitCode());
    assertTrue(lost.getMessage().contains("{demo.raw.documents.v1-1=1150}"), lost.getMessage());
    assertTrue(lost.getMessage().contains("bring back the brokers' files"), lost.getMessage());
  }

  @Test
  void shouldTellOfBrokersThatAreOlderThanTheJob() {
    UserError lost = LostRecords.in(new InvalidPidMappingException("id")).orElseThrow();

    assertTrue(lost.getMessage().contains("their files are older"), lost.getMessage());
  }

  @Test
  void shouldLeaveOtherFailuresAlone() {
    assertEquals(Optional.empty(), LostRecords.in(new IllegalStateException("loss is NaN")));
  }
}
