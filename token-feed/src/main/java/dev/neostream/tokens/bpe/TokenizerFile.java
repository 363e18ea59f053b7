package dev.neostream.tokens.bpe;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.neostream.schemas.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads and writes {@code tokenizer.neo.json}; the package specifies the format. */
public final class TokenizerFile {

  /** What such a file is called. */
  public static final String NAME = "tokenizer.neo.json";

  private static final String FORMAT = "neo-bpe";
  private static final int VERSION = 1;
  private static final int MAX_BYTES = 16 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  @JsonPropertyOrder({"format", "version", "fingerprint", "dummyPrefix", "pieces"})
  private record Contents(
      String format, int version, String fingerprint, boolean dummyPrefix, List<String> pieces) {}

  private TokenizerFile() {}

  /** Writes a tokenizer. The file is there as a whole or not at all, also after a power cut. */
  public static void write(Tokenizer tokenizer, Path file) throws IOException {
    byte[] json =
        JSON.writeValueAsBytes(
            new Contents(
                FORMAT,
                VERSION,
                tokenizer.fingerprint(),
                tokenizer.dummyPrefix(),
                tokenizer.vocabulary().learned()));
    AtomicFile.write(file, json);
  }

  /**
   * Returns the tokenizer of a file.
   *
   * @throws IOException if it cannot be read or is not such a file; the message names it
   */
  public static Tokenizer read(Path file) throws IOException {
    byte[] json;
    try (InputStream in = Files.newInputStream(file)) {
      json = in.readNBytes(MAX_BYTES + 1);
    }
    if (json.length > MAX_BYTES) {
      throw invalid(file, "must have at most " + MAX_BYTES + " bytes", null);
    }
    try {
      return tokenizer(file, JSON.readValue(json, Contents.class));
    } catch (JsonProcessingException e) {
      throw invalid(file, "must be the JSON of a tokenizer: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw invalid(file, e.getMessage(), e);
    }
  }

  private static Tokenizer tokenizer(Path file, Contents contents) throws IOException {
    if (contents == null || !contents.format.equals(FORMAT) || contents.version != VERSION) {
      throw invalid(
          file,
          "must have format " + FORMAT + " and version " + VERSION + ": " + header(contents),
          null);
    }
    if (contents.pieces.contains(null)) {
      throw invalid(file, "pieces must be texts: null at " + contents.pieces.indexOf(null), null);
    }
    var tokenizer = new Tokenizer(new Vocabulary(contents.pieces), contents.dummyPrefix);
    if (!tokenizer.fingerprint().equals(contents.fingerprint)) {
      throw invalid(
          file,
          "fingerprint must match the pieces, the file was changed or damaged: fingerprint="
              + contents.fingerprint
              + ", of the pieces="
              + tokenizer.fingerprint(),
          null);
    }
    return tokenizer;
  }

  private static String header(Contents contents) {
    return contents == null
        ? "null"
        : "format=" + contents.format + ", version=" + contents.version;
  }

  private static IOException invalid(Path file, String problem, Exception cause) {
    return new IOException("tokenizer file " + file + ": " + problem, cause);
  }
}
