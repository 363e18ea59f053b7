package dev.neostream.ops.align;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.neostream.ops.Nearest;
import dev.neostream.ops.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A YAML file that says what is to be trained, read strictly: nothing in it is ignored. */
final class DefinitionFile {

  private static final long MOST_BYTES = 1 << 20;

  private static final YAMLMapper YAML =
      YAMLMapper.builder(new YAMLFactory())
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private DefinitionFile() {}

  /**
   * Reads a definition.
   *
   * @param filled puts in what the file does not say
   * @throws UserError if it cannot be read or says something that cannot be
   */
  static <T> T read(Path file, Class<T> type, UnaryOperator<JsonNode> filled) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw UserError.usage(
            "--config must have at most " + MOST_BYTES + " bytes: config=" + file);
      }
      return YAML.treeToValue(filled.apply(YAML.readTree(Files.readString(file))), type);
    } catch (JsonProcessingException e) {
      throw UserError.usage(problem(file, e));
    } catch (IOException e) {
      throw UserError.usage("--config must be a readable UTF-8 file: config=" + file);
    }
  }

  /** Returns an object with nothing in it. */
  static ObjectNode empty() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Returns paths that the definition has, relative to it, as absolute ones. */
  static ArrayNode absolute(Path file, JsonNode paths) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    ArrayNode absolute = JsonNodeFactory.instance.arrayNode();
    for (JsonNode path : paths) {
      absolute.add(folder.resolve(path.asText()).normalize().toString());
    }
    return absolute;
  }

  /**
   * What a definition's record asks of its values.
   *
   * @throws IllegalArgumentException naming the value, unless the rule holds
   */
  static void require(boolean holds, String name, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + rule + ": " + value);
    }
  }

  private static String problem(Path file, JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      Collection<Object> known = unknown.getKnownPropertyIds();
      List<String> names = known.stream().map(String::valueOf).sorted().toList();
      return "%s: unknown name: %s%s"
          .formatted(
              file,
              unknown.getPropertyName(),
              Nearest.to(unknown.getPropertyName(), names)
                  .map(name -> "; did you mean " + name + "?")
                  .orElse("; there are " + names));
    }
    if (e.getCause() instanceof IllegalArgumentException ours) {
      return file + ": " + ours.getMessage();
    }
    String at =
        e instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                .collect(Collectors.joining(" "))
            : "line " + e.getLocation().getLineNr();
    return "%s: %s: %s".formatted(file, at, e.getOriginalMessage().lines().findFirst().orElse(""));
  }
}
