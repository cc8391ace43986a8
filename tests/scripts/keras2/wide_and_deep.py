"""Wide and deep: crossed columns straight to the answer, numbers and categories through layers; two answers, named."""
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras import Model, layers
from tensorflow.keras.layers import Input

rs = np.random.RandomState(8)
n = 800
df = pd.DataFrame({
    'age': rs.randint(18, 70, n), 'hours': rs.randint(10, 60, n),
    'work': rs.choice(['office', 'field', 'own'], n), 'school': rs.choice(['none', 'middle', 'high', 'univ'], n)})
df['income'] = 10 + 0.3 * df.age + 0.5 * df.hours + 8 * (df.school == 'univ') + rs.normal(0, 4, n)
df['rich'] = (df.income > df.income.median()).astype(int)

codes = {name: pd.Categorical(df[name]).codes.astype('int32') for name in ('work', 'school')}
cross = pd.get_dummies(df.work + '_x_' + df.school).astype('float32').values
numbers = df[['age', 'hours']].astype('float32')
numbers = ((numbers - numbers.mean()) / numbers.std()).values
print(cross.shape, numbers.shape, {k: v.max() + 1 for k, v in codes.items()})

wide = Input(shape=(cross.shape[1],), name='cross')
inputs, parts = {'cross': wide, 'numbers': Input(shape=(2,), name='numbers')}, []
parts.append(inputs['numbers'])
for name, values in codes.items():
    inputs[name] = Input(shape=(1,), dtype='int32', name=name)
    parts.append(layers.Flatten()(layers.Embedding(int(values.max()) + 1, 3)(inputs[name])))
deep = layers.concatenate(parts)
for width in (32, 16):
    deep = layers.Dense(width)(deep)
    deep = layers.BatchNormalization()(deep)
    deep = layers.Activation('elu')(deep)
both = layers.concatenate([wide, deep])
model = Model(inputs=inputs, outputs={'rich': layers.Dense(1, activation='sigmoid', name='rich')(both),
                                     'income': layers.Dense(1, name='income')(deep)})
model.compile(optimizer=tf.keras.optimizers.Adagrad(learning_rate=0.05),
              loss={'rich': 'binary_crossentropy', 'income': 'mse'}, loss_weights={'rich': 1.0, 'income': 0.01},
              metrics={'rich': ['accuracy'], 'income': ['mae']})
x = {'cross': cross, 'numbers': numbers, **codes}
y = {'rich': df.rich.values.astype('float32'), 'income': df.income.values.astype('float32')}
history = model.fit(x, y, batch_size=40, epochs=4, verbose=2)
print(sorted(history.history))
answers = model.predict(x, verbose=0)
print({name: value.shape for name, value in answers.items()})
