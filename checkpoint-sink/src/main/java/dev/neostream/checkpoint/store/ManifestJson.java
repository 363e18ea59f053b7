package dev.neostream.checkpoint.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.neostream.schemas.avro.CheckpointFile;
import dev.neostream.schemas.avro.CheckpointManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON form of a manifest: the Avro record's fields by their names, 64-bit integers in full. Every
 * field must be there, so a manifest that was cut or edited badly is refused.
 */
record ManifestJson(
    long step,
    String path,
    int planVersion,
    Map<String, Long> tokens,
    String model,
    String tokenizer,
    long parameterHash,
    List<Entry> files,
    long createdAt) {

  record Entry(String name, long bytes, String sha256) {}

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  static byte[] encode(CheckpointManifest manifest) throws JsonProcessingException {
    return JSON.writerWithDefaultPrettyPrinter()
        .writeValueAsBytes(
            new ManifestJson(
                manifest.getStep(),
                manifest.getPath(),
                manifest.getPlanVersion(),
                new TreeMap<>(manifest.getTokens()),
                manifest.getModel(),
                manifest.getTokenizer(),
                manifest.getParameterHash(),
                manifest.getFiles().stream()
                    .map(file -> new Entry(file.getName(), file.getBytes(), file.getSha256()))
                    .toList(),
                manifest.getCreatedAt()));
  }

  static CheckpointManifest read(Path file) throws IOException {
    try {
      ManifestJson json = JSON.readValue(Files.readAllBytes(file), ManifestJson.class);
      return new CheckpointManifest(
          json.step,
          json.path,
          json.planVersion,
          json.tokens,
          json.model,
          json.tokenizer,
          json.parameterHash,
          json.files.stream()
              .map(entry -> new CheckpointFile(entry.name, entry.bytes, entry.sha256))
              .toList(),
          json.createdAt);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s: must be a complete manifest: %s".formatted(file, e.getMessage()), e);
    }
  }
}
