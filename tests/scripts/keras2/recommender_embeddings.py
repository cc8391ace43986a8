# Stars that people would give to films: a row of numbers for each person and each film, their product, and biases.
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow.keras.layers import Add, Concatenate, Dense, Dot, Dropout, Embedding, Flatten, Input
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.regularizers import l2

rng = np.random.RandomState(5)
n_users, n_items, factors = 60, 40, 6
taste, kind = rng.normal(size=(n_users, 3)), rng.normal(size=(n_items, 3))
ratings = pd.DataFrame({'user': rng.randint(0, n_users, 1500), 'item': rng.randint(0, n_items, 1500)})
score = (taste[ratings.user] * kind[ratings.item]).sum(axis=1) + rng.normal(scale=0.3, size=1500)
ratings['stars'] = np.clip(np.round(3 + score), 1, 5)
print(ratings.groupby('stars').size())
train, test = train_test_split(ratings, test_size=0.2, random_state=1)

user_in, item_in = Input(shape=(1,), name='user'), Input(shape=(1,), name='item')
u = Embedding(n_users, factors, embeddings_regularizer=l2(1e-5), name='user_factors')(user_in)
v = Embedding(n_items, factors, embeddings_regularizer=l2(1e-5), name='item_factors')(item_in)
product = Flatten()(Dot(axes=2)([u, v]))
bias = Add()([product, Flatten()(Embedding(n_users, 1)(user_in)), Flatten()(Embedding(n_items, 1)(item_in))])
plain = Model([user_in, item_in], bias)
plain.compile(optimizer=Adam(0.01), loss='mean_squared_error', metrics=['mae'])
plain.summary()
mean = train.stars.mean()
history = plain.fit([train.user.values, train.item.values], train.stars.values - mean, batch_size=64, epochs=4,
                    validation_data=([test.user.values, test.item.values], test.stars.values - mean), verbose=2)

x = Dropout(0.2)(Concatenate()([Flatten()(u), Flatten()(v)]))
x = Dense(16, activation='relu')(x)
deep = Model([user_in, item_in], Dense(1)(x))
deep.compile(loss='mse', optimizer='adam')
deep.fit([train.user, train.item], train.stars, batch_size=64, epochs=3, verbose=0)
rest = np.arange(n_items)
guess = plain.predict([np.full(n_items, 7), rest], verbose=0).ravel() + mean
print('for person 7:', rest[np.argsort(-guess)][:5], 'stars', np.round(np.sort(guess)[::-1][:5], 2))
vectors = plain.get_layer('item_factors').get_weights()[0]
print(vectors.shape, 'nearest to film 0:', np.argsort(((vectors - vectors[0]) ** 2).sum(1))[1:4])
