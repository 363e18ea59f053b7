package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.ops.UserError;
import dev.neostream.tokens.mixture.WeightChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixtureFileTest {

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("mixture"), text);
  }

  private static WeightChange change(long at, long ramp, Map<String, Double> weights) {
    return new WeightChange(at, new TreeMap<>(weights), ramp);
  }

  @Test
  void shouldReadAProposersWeightsAsJsonAndAsYaml() throws IOException {
    Map<String, Double> weights = Map.of("code", 12.0, "en.web", 0.25, "zh.web", 0.0);

    assertEquals(
        weights, MixtureFile.weights(file("{\"code\": 12, \"en.web\": 2.5e-1, \"zh.web\": 0}")));
    assertEquals(weights, MixtureFile.weights(file("code: 12\nen.web: 0.25\nzh.web: 0\n")));
  }

  @Test
  void shouldReadASchedule() throws IOException {
    List<WeightChange> schedule =
        MixtureFile.schedule(
            file(
                """
                - at: 100
                  weights: {code: 1, en.web: 3}
                - {at: 400, ramp: 50, weights: {code: 1}}
                """));

    assertEquals(
        List.of(
            change(100, 0, Map.of("code", 1.0, "en.web", 3.0)),
            change(400, 50, Map.of("code", 1.0))),
        schedule);
  }

  @Test
  void shouldSayWhatIsWrongWithWeightsAndWhere() throws IOException {
    Map<String, String> refused = new LinkedHashMap<>();
    refused.put(
        "code: 1\nen.web: x\n", ":2: a weight must be a finite number, not negative: en.web=\"x\"");
    refused.put("code: -1\n", ":1: a weight must be a finite number, not negative: code=-1");
    refused.put(
        "code: 1e400\n", ":1: a weight must be a finite number, not negative: code=\"Infinity\"");
    refused.put("code: 0\n", ": weights must have a finite sum above 0: weights={\"code\":0}");
    refused.put("- 1\n", ": weights must be domains and numbers: weights=[1]");
    for (Map.Entry<String, String> each : refused.entrySet()) {
      Path file = file(each.getKey());
      assertEquals(
          file + each.getValue(),
          assertThrows(UserError.class, () -> MixtureFile.weights(file)).getMessage());
    }
  }

  @Test
  void shouldSayWhatIsWrongWithAScheduleAndWhere() throws IOException {
    Map<String, String> refused = new LinkedHashMap<>();
    refused.put("{}", ": a schedule must be a list of at, weights and ramp: file=FILE");
    refused.put("- 5\n", ":1: a change must have at and weights: given=5");
    refused.put("- at: 1\n", ":1: a change must have weights: at=1");
    refused.put(
        "- at: 1\n  weights: {x: 1}\n- at: 2.5\n  weights: {x: 1}\n",
        ":3: at must be a whole number of steps, not negative: at=2.5");
    refused.put("- weights: {x: 1}\n", ":1: at must be a whole number of steps, not negative: at=");
    refused.put(
        "- at: 1\n  ramp: -2\n  weights: {x: 1}\n",
        ":2: ramp must be a whole number of steps, not negative: ramp=-2");
    refused.put(
        "- at: 1\n  rampe: 2\n  weights: {x: 1}\n",
        ":2: a change must say at, weights and ramp alone: rampe=2");
    refused.put(
        "- at: 1\n  ramp: 5000000\n  weights: {x: 1}\n",
        ":1: ramp must be from 0 to 4194304: ramp=5000000, at=1");
    refused.put(
        "- at: 1\n  weights: {x: 0}\n",
        ":2: weights must have a finite sum above 0: weights={\"x\":0}");
    for (Map.Entry<String, String> each : refused.entrySet()) {
      Path file = file(each.getKey());
      assertEquals(
          file + each.getValue().replace("FILE", file.toString()),
          assertThrows(UserError.class, () -> MixtureFile.schedule(file)).getMessage());
    }
  }

  @Test
  void shouldNameAFileThatIsNotThere() {
    Path none = folder.resolve("none.yaml");

    assertEquals(
        "FILE must be a readable file: file=" + none,
        assertThrows(UserError.class, () -> MixtureFile.schedule(none)).getMessage());
  }
}
