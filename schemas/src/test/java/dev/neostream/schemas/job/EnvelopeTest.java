package dev.neostream.schemas.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.neostream.schemas.Attributes;
import dev.neostream.schemas.Envelope;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

  private static Envelope copied(Envelope document) throws Exception {
    TypeSerializer<Envelope> serializer =
        TypeInformation.of(Envelope.class).createSerializer(new SerializerConfigImpl());
    var out = new DataOutputSerializer(64);
    serializer.serialize(document, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  /** Flink serialises what it does not understand with Kryo, 20 times slower. */
  @Test
  void shouldBeAPlainObjectToFlink() {
    var type = assertInstanceOf(PojoTypeInfo.class, TypeInformation.of(Envelope.class));

    assertEquals(Envelope.class.getFields().length, type.getArity());
    for (int i = 0; i < type.getArity(); i++) {
      assertFalse(
          type.getTypeAt(i) instanceof GenericTypeInfo, type.getPojoFieldAt(i).getField()::getName);
    }
  }

  @Test
  void shouldKeepItsAttributesOnTheWire() throws Exception {
    var document = new Envelope();
    document.id = "0f";
    document.attributes = Map.of(Attributes.LICENCE, "cc-by-4.0", Attributes.ID, "第七");
    document.body = new byte[] {1, 2};

    Envelope copy = copied(document.withText(new byte[] {3}));

    assertEquals(document.attributes, copy.attributes);
    assertEquals("0f", copy.id);
    assertArrayEquals(new byte[] {3}, copy.body);
    assertEquals(Map.of(), copied(new Envelope()).attributes);
  }
}
