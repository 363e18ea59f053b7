package dev.neostream.tokens.bpe;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.neostream.schemas.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads and writes {@code tokenizer.neo.json}; the package specifies the format. */
public final class TokenizerFile {

  /** What such a file is called. */
  public static final String NAME = "tokenizer.neo.json";

  private static final String FORMAT = "neo-bpe";
  private static final int TRAINED = 1;
  private static final int ANY_LAYOUT = 2;
  private static final int MAX_BYTES = 16 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  @JsonPropertyOrder({"format", "version", "fingerprint", "dummyPrefix", "pieces"})
  private record Contents<P>(
      String format, int version, String fingerprint, boolean dummyPrefix, List<P> pieces) {}

  private static final TypeReference<Contents<String>> LEARNED = new TypeReference<>() {};
  private static final TypeReference<Contents<Piece>> PIECES = new TypeReference<>() {};

  private TokenizerFile() {}

  /** Writes a tokenizer. The file is there as a whole or not at all, also after a power cut. */
  public static void write(Tokenizer tokenizer, Path file) throws IOException {
    AtomicFile.write(file, bytes(tokenizer));
  }

  /** Returns the file's bytes. */
  public static byte[] bytes(Tokenizer tokenizer) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    boolean trained = vocabulary.isLayoutOfTraining();
    try {
      return JSON.writeValueAsBytes(
          new Contents<Object>(
              FORMAT,
              trained ? TRAINED : ANY_LAYOUT,
              tokenizer.fingerprint(),
              tokenizer.dummyPrefix(),
              List.copyOf(trained ? vocabulary.learned() : vocabulary.pieces())));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
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
    int version = version(json);
    try {
      if (version == ANY_LAYOUT) {
        Contents<Piece> contents = JSON.readValue(json, PIECES);
        check(file, contents, version);
        return tokenizer(file, contents, new Vocabulary(contents.pieces));
      }
      Contents<String> contents = JSON.readValue(json, LEARNED);
      check(file, contents, TRAINED);
      return tokenizer(file, contents, Vocabulary.ofLearned(contents.pieces));
    } catch (JsonProcessingException e) {
      throw invalid(
          file,
          "must be the JSON of a tokenizer, version=" + version + ": " + e.getOriginalMessage(),
          e);
    } catch (IllegalArgumentException e) {
      throw invalid(file, e.getMessage(), e);
    }
  }

  /** The version a file claims to have; what is no such file is read, and refused, as the first. */
  private static int version(byte[] json) throws IOException {
    try {
      JsonNode version = JSON.readTree(json).path("version");
      return version.isInt() ? version.intValue() : TRAINED;
    } catch (JsonProcessingException e) {
      return TRAINED;
    }
  }

  private static void check(Path file, Contents<?> contents, int version) throws IOException {
    if (contents == null || !contents.format.equals(FORMAT) || contents.version != version) {
      throw invalid(
          file, "must have format " + FORMAT + " and version 1 or 2: " + header(contents), null);
    }
    if (contents.pieces.contains(null)) {
      throw invalid(file, "pieces must be there: null at " + contents.pieces.indexOf(null), null);
    }
  }

  private static Tokenizer tokenizer(Path file, Contents<?> contents, Vocabulary vocabulary)
      throws IOException {
    var tokenizer = new Tokenizer(vocabulary, contents.dummyPrefix);
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

  private static String header(Contents<?> contents) {
    return contents == null
        ? "null"
        : "format=" + contents.format + ", version=" + contents.version;
  }

  private static IOException invalid(Path file, String problem, Exception cause) {
    return new IOException("tokenizer file " + file + ": " + problem, cause);
  }
}
