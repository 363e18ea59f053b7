package dev.neostream.ops.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A JSON object of a stranger, field by field: a field is of its type and in its range, null as if
 * it were not there, and none is overlooked.
 */
public final class RequestBody {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final ObjectNode json;
  private final String place;
  private final Set<String> known = new TreeSet<>();

  /**
   * @param place what stands before names of fields in messages
   */
  private RequestBody(ObjectNode json, String place) {
    this.json = json;
    this.place = place;
  }

  /**
   * Reads a body.
   *
   * @throws ApiError if it is not one JSON object
   */
  static RequestBody parse(byte[] body) {
    try {
      if (JSON.readTree(body) instanceof ObjectNode object) {
        return new RequestBody(object, "");
      }
    } catch (JsonProcessingException e) {
      throw ApiError.invalid(null, "the body must be JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw ApiError.invalid(null, "the body must be JSON: " + e.getMessage());
    }
    throw ApiError.invalid(null, "the body must be a JSON object");
  }

  /** Returns a field of any type, a null node if it is not there. */
  public JsonNode field(String name) {
    known.add(name);
    JsonNode value = json.get(name);
    return value == null ? NullNode.instance : value;
  }

  /** Returns an object inside this one; none if it is not there. */
  public Optional<RequestBody> object(String name) {
    JsonNode value = field(name);
    if (value.isNull()) {
      return Optional.empty();
    }
    if (!(value instanceof ObjectNode object)) {
      throw range(name, "an object");
    }
    return Optional.of(new RequestBody(object, place + name + "."));
  }

  /** Returns the objects of an array, at least one. */
  public List<RequestBody> objects(String name) {
    JsonNode value = field(name);
    if (!value.isArray() || value.isEmpty()) {
      throw range(name, "an array of objects");
    }
    List<RequestBody> objects = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      if (!(value.get(i) instanceof ObjectNode object)) {
        throw range(name, "an array of objects");
      }
      objects.add(new RequestBody(object, place + name + "[" + i + "]."));
    }
    return objects;
  }

  public int integer(String name, int absent, int least, int most) {
    long value = integer(name, (long) absent);
    if (value < least || value > most) {
      throw range(name, least + " to " + most);
    }
    return (int) value;
  }

  /** Returns any whole number of 64 bits. */
  public long integer(String name, long absent) {
    JsonNode value = field(name);
    if (value.isNull()) {
      return absent;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw range(name, "a whole number");
    }
    return value.longValue();
  }

  public double number(String name, double absent, double least, double most) {
    JsonNode value = field(name);
    if (value.isNull()) {
      return absent;
    }
    if (!value.isNumber() || !(value.doubleValue() >= least && value.doubleValue() <= most)) {
      throw range(name, "a number from " + least + " to " + most);
    }
    return value.doubleValue();
  }

  public boolean flag(String name) {
    JsonNode value = field(name);
    if (!value.isNull() && !value.isBoolean()) {
      throw range(name, "true or false");
    }
    return value.booleanValue();
  }

  public String text(String name) {
    JsonNode value = field(name);
    if (!value.isTextual()) {
      throw range(name, "a text");
    }
    return value.textValue();
  }

  /** Returns what must hold of a field, and shows the beginning of its value. */
  public ApiError range(String name, String rule) {
    String full = place + name;
    return ApiError.invalid(full, full + " must be " + rule + ": " + full + "=" + shown(name));
  }

  private String shown(String name) {
    String value = field(name).toString();
    int longest = 80;
    return value.length() <= longest
        ? value
        : value.substring(0, value.offsetByCodePoints(0, longest / 2)) + "...";
  }

  /**
   * Asks that there be no field but those that were asked for.
   *
   * @throws ApiError naming one
   */
  public void requireNoOthers() {
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw ApiError.invalid(
                    name.length() > 40 ? null : place + name,
                    "there is no such field, or it is not supported: "
                        + place
                        + (name.length() > 40 ? name.substring(0, 40) + "..." : name)
                        + "; fields are "
                        + String.join(", ", known));
              }
            });
  }
}
