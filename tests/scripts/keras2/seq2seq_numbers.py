# An encoder gives its states to a decoder; at answering time both are models of their own.
from keras.models import Model
from keras.layers import Input, LSTM, Dense
import numpy as np

latent_dim, tokens, length, samples = 24, 8, 5, 160
rng = np.random.RandomState(1)
numbers = rng.randint(2, tokens, (samples, length))
encoder_input_data = np.eye(tokens)[numbers]
target = np.concatenate([np.zeros((samples, 1), int), numbers[:, ::-1]], axis=1)
decoder_input_data = np.eye(tokens)[target]
decoder_target_data = np.concatenate([decoder_input_data[:, 1:], np.eye(tokens)[np.ones((samples, 1), int)]], axis=1)

encoder_inputs = Input(shape=(None, tokens))
encoder = LSTM(latent_dim, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, tokens))
decoder_lstm = LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = Dense(tokens, activation='softmax')
decoder_outputs = decoder_dense(decoder_outputs)
model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
model.compile(optimizer='rmsprop', loss='categorical_crossentropy')
model.fit([encoder_input_data, decoder_input_data], decoder_target_data, batch_size=16, epochs=3, validation_split=0.2)
model.save('s2s.h5')

encoder_model = Model(encoder_inputs, encoder_states)
decoder_state_input_h = Input(shape=(latent_dim,))
decoder_state_input_c = Input(shape=(latent_dim,))
decoder_states_inputs = [decoder_state_input_h, decoder_state_input_c]
decoder_outputs, state_h, state_c = decoder_lstm(decoder_inputs, initial_state=decoder_states_inputs)
decoder_outputs = decoder_dense(decoder_outputs)
decoder_model = Model([decoder_inputs] + decoder_states_inputs, [decoder_outputs, state_h, state_c])
states_value = encoder_model.predict(encoder_input_data[:1])
target_seq = np.zeros((1, 1, tokens))
target_seq[0, 0, 0] = 1.
out = []
for _ in range(length):
    output_tokens, h, c = decoder_model.predict([target_seq] + states_value)
    out.append(int(np.argmax(output_tokens[0, -1, :])))
    target_seq = np.eye(tokens)[out[-1]].reshape(1, 1, -1)
    states_value = [h, c]
print(numbers[0], out)
