# Weights read, set and copied layer by layer; a layer frozen; models from configs, JSON and h5 files.
import numpy as np
from tensorflow.keras.models import Sequential, Model, load_model, model_from_json, clone_model
from tensorflow.keras.layers import Dense, Conv2D, Flatten, Input, BatchNormalization
from tensorflow.keras import initializers, regularizers, optimizers

model = Sequential([
    Conv2D(4, (3, 3), activation='relu', input_shape=(8, 8, 1), kernel_initializer=initializers.RandomNormal(stddev=0.05), name='eyes'),
    BatchNormalization(name='calm'),
    Flatten(),
    Dense(6, activation='elu', kernel_regularizer=regularizers.l1_l2(l1=1e-5, l2=1e-4), name='thought'),
    Dense(2, activation='softmax', name='word')])
for layer in model.layers:
    print(layer.name, [w.shape for w in layer.get_weights()], layer.trainable, layer.get_config()['name'])
kernel, bias = model.get_layer('thought').get_weights()
model.get_layer('thought').set_weights([np.ones_like(kernel) * 0.01, bias + 0.5])
assert np.allclose(model.layers[3].get_weights()[1], 0.5)
x = np.random.RandomState(0).rand(64, 8, 8, 1)
y = (x.mean(axis=(1, 2, 3)) > 0.5).astype(int)
model.get_layer('eyes').trainable = False
kept = model.get_layer('eyes').get_weights()[0].copy()
model.compile(optimizers.Adam(learning_rate=0.01), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(x, y, epochs=3, batch_size=16, verbose=0)
assert np.array_equal(kept, model.get_layer('eyes').get_weights()[0])
model.save('whole.h5')
again = load_model('whole.h5')
assert np.allclose(again.predict(x[:4], verbose=0), model.predict(x[:4], verbose=0), atol=1e-5)
with open('model.json', 'w') as f:
    f.write(model.to_json())
with open('model.json') as f:
    from_json = model_from_json(f.read())
model.save_weights('only.weights.h5')
from_json.load_weights('only.weights.h5')
twin = clone_model(model)
twin.set_weights(model.get_weights())
half = Model(inputs=model.inputs, outputs=model.get_layer('thought').output)
print(half.predict(x[:2], verbose=0).shape, np.allclose(twin.predict(x[:4], verbose=0), from_json.predict(x[:4], verbose=0), atol=1e-5))
