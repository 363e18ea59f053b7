package dev.neostream.schemas.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Topics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaConnectionTest {

  private static final KafkaConnection SECURED =
      new KafkaConnection(
          Map.of(
              "bootstrap.servers",
              "a:1,b:2",
              "security.protocol",
              "SASL_SSL",
              "sasl.jaas.config",
              "login required password=\"hush\";"),
          new Topics("run"));

  @Test
  void shouldGiveEveryClientWhatTheBrokersAskFor() {
    for (Map<String, Object> config :
        List.of(
            SECURED.admin(), SECURED.consumer(), SECURED.producer(), SECURED.transactional("t"))) {
      assertEquals("a:1,b:2", config.get("bootstrap.servers"));
      assertEquals("SASL_SSL", config.get("security.protocol"));
      assertTrue(config.containsKey("sasl.jaas.config"));
    }
    assertEquals("read_committed", SECURED.consumer().get("isolation.level"));
    assertEquals("all", SECURED.producer().get("acks"));
    assertEquals("run.t", SECURED.transactional("t").get("transactional.id"));
  }

  @Test
  void shouldNotTellSecrets() {
    assertFalse(SECURED.toString().contains("hush"), SECURED.toString());
    assertTrue(SECURED.toString().contains("a:1,b:2"));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new KafkaConnection(Map.of("sasl.jaas.config", "hush"), new Topics("run")))
            .getMessage();
    assertFalse(message.contains("hush"), message);
    assertTrue(message.contains("must name bootstrap.servers"), message);
  }

  @Test
  void shouldTravelWithAJob() throws IOException, ClassNotFoundException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(SECURED);
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertEquals(SECURED, in.readObject());
    }
  }

  @Test
  void shouldNotChangeWithWhatItWasMadeOf() {
    SECURED.client().clear();
    SECURED.admin().clear();

    assertEquals(3, SECURED.client().size());
  }
}
