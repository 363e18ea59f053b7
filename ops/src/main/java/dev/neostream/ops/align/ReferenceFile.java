package dev.neostream.ops.align;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.PrivateFiles;
import dev.neostream.ops.UserError;
import dev.neostream.schemas.AtomicFile;
import dev.neostream.tokens.chat.RenderedPair;
import dev.neostream.trainer.align.PairScore;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ParameterHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The reference's log-probabilities of all pairs, computed once: the policy is compared with the
 * model it started from, which is not there any more once training begins.
 *
 * <pre>
 *   {"parameters":"0123456789abcdef","pairs":2}
 *   {"pair":"fedcba9876543210","chosen":-12.5,"rejected":-9.25}
 *   {"pair":"0011223344556677","chosen":-40.0,"rejected":-42.75}
 * </pre>
 *
 * <p>The first line has the hash of the reference's parameters; a pair is known by the hash of its
 * ids. Numbers are written so that reading gives the same bits.
 */
final class ReferenceFile {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private ReferenceFile() {}

  /**
   * Returns the scores of all pairs by hash, from the file if it is there, or else by the decoder,
   * and then writes the file.
   *
   * @param decoder with the parameters of the reference
   * @throws UserError if the file is of another model or other pairs, or not such a file
   */
  static Map<Long, PairScore> scores(Path file, Decoder decoder, List<RenderedPair> pairs)
      throws IOException {
    String parameters = hex(ParameterHash.of(decoder));
    Map<Long, RenderedPair> byHash = new LinkedHashMap<>();
    pairs.forEach(pair -> byHash.put(pair.hash(), pair));
    if (Files.exists(file)) {
      return read(file, parameters, byHash);
    }
    Map<Long, PairScore> scores = new LinkedHashMap<>();
    byHash.forEach((hash, pair) -> scores.put(hash, PairScore.of(decoder, pair)));
    write(file, parameters, scores);
    return scores;
  }

  private static void write(Path file, String parameters, Map<Long, PairScore> scores)
      throws IOException {
    var lines = new StringBuilder();
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("parameters", parameters);
    head.put("pairs", scores.size());
    lines.append(JSON.writeValueAsString(head)).append('\n');
    for (Map.Entry<Long, PairScore> score : scores.entrySet()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("pair", hex(score.getKey()));
      line.put("chosen", score.getValue().chosen());
      line.put("rejected", score.getValue().rejected());
      lines.append(JSON.writeValueAsString(line)).append('\n');
    }
    AtomicFile.write(
        file, lines.toString().getBytes(StandardCharsets.UTF_8), PrivateFiles.file(file));
  }

  private static Map<Long, PairScore> read(
      Path file, String parameters, Map<Long, RenderedPair> pairs) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty()) {
      throw refusal(file, "its first line must say what model it is of");
    }
    String was = line(file, lines, 0).path("parameters").asText();
    if (!was.equals(parameters)) {
      throw refusal(
          file,
          "a reference must be of the model that training starts from: parameters were %s, are %s"
              .formatted(was, parameters));
    }
    Map<Long, PairScore> scores = new HashMap<>();
    for (int i = 1; i < lines.size(); i++) {
      JsonNode line = line(file, lines, i);
      if (!line.path("pair").asText().matches("[0-9a-f]{16}")
          || !line.path("chosen").isDouble()
          || !line.path("rejected").isDouble()) {
        throw refusal(file, "line %d must have pair, chosen and rejected".formatted(i + 1));
      }
      scores.put(
          Long.parseUnsignedLong(line.path("pair").textValue(), 16),
          new PairScore(line.path("chosen").doubleValue(), line.path("rejected").doubleValue()));
    }
    if (!scores.keySet().equals(pairs.keySet())) {
      long missing = pairs.keySet().stream().filter(hash -> !scores.containsKey(hash)).count();
      throw refusal(
          file,
          "a reference must be of the pairs of the definition: has=%d, asked for=%d, of these missing=%d"
              .formatted(scores.size(), pairs.size(), missing));
    }
    return scores;
  }

  private static JsonNode line(Path file, List<String> lines, int number) {
    try {
      return JSON.readTree(lines.get(number));
    } catch (JsonProcessingException e) {
      throw refusal(file, "line %d must be a JSON object".formatted(number + 1));
    }
  }

  private static UserError refusal(Path file, String problem) {
    return UserError.usage("%s: %s; choose another --out".formatted(file, problem));
  }

  private static String hex(long hash) {
    return "%016x".formatted(hash);
  }
}
