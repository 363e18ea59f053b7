package dev.neostream.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;

/**
 * JSON as the command line prints it and a run folder holds it: a number that there is not yet, NaN
 * in Java, is null; a {@code Stage} has its wire name, other enums their own.
 */
public final class Json {

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
          .enable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
          .registerModule(
              new SimpleModule()
                  .addSerializer(Double.class, new NumberOrNull())
                  .addSerializer(double.class, new NumberOrNull())
                  .addDeserializer(double.class, new NumberOrNaN()));

  private static final ObjectWriter LINE =
      MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT);

  private Json() {}

  /** Returns the JSON form of a value. */
  public static String of(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("value must have a JSON form", e);
    }
  }

  /** Returns the JSON form of a value as the bytes of one line. */
  public static byte[] line(Object value) {
    try {
      return LINE.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("value must have a JSON form", e);
    }
  }

  /**
   * Returns the value of a JSON text.
   *
   * @throws JsonProcessingException if the text is not the JSON form of such a value
   */
  public static <T> T read(byte[] json, Class<T> type) throws IOException {
    return MAPPER.readValue(json, type);
  }

  private static final class NumberOrNull extends StdScalarSerializer<Double> {

    private static final long serialVersionUID = 1L;

    NumberOrNull() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }

  private static final class NumberOrNaN extends StdScalarDeserializer<Double> {

    private static final long serialVersionUID = 1L;

    NumberOrNaN() {
      super(double.class);
    }

    @Override
    public Double deserialize(JsonParser json, DeserializationContext context) throws IOException {
      return json.getDoubleValue();
    }

    @Override
    public Double getNullValue(DeserializationContext context) {
      return Double.NaN;
    }
  }
}
