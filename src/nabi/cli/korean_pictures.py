"""Korean for the errors about one's own pictures; see `nabi.cli.korean`."""

PHRASES: dict[str, str] = {
    # where
    "data curve {}": "데이터 곡선 {}",
    "data_curve(sizes)": "그림 수(--sizes)",
    "pictures in {}": "{}의 그림",
    "quarantine {}": "제외 목록 {}",
    "table {}": "표 {}",
    "shards {}": "샤드 {}",
    # expected
    "two numbers of pictures or more, from {}, one of each class, to {}, all there are for training":
        "{}(클래스마다 한 장)에서 {}(학습 그림 전체)까지의 그림 수 두 개 이상",
    "the folder of a data curve, with {}": "{} 파일이 있는 데이터 곡선 폴더",
    "no other options, for the curve has its own": "다른 옵션이 없는 명령",
    "a new folder, or the same recipe": "새 폴더 또는 같은 레시피",
    "a path": "경로",
    "two classes or more": "클래스 두 개 이상",
    "pictures in every class": "클래스마다 그림",
    "pictures for training in every class": "클래스마다 학습할 그림",
    "a folder for each class: cat/1.jpg, dog/2.jpg": "클래스마다 폴더 하나(cat/1.jpg, dog/2.jpg)",
    "pictures (JPEG, PNG, ...) in a folder for each class": "클래스마다 폴더 하나에 든 그림(JPEG, PNG 등)",
    "pictures for the test": "시험에 쓸 그림",
    "pictures that can be read": "읽을 수 있는 그림",
    "each picture under one label": "그림마다 라벨 하나",
    "at most {} % that cannot be decoded": "읽지 못하는 그림 {} % 이하",
    "a face in at least half of the pictures": "그림의 절반 이상에 얼굴",
    "a square for faces": "얼굴을 담을 정사각형",
    "a folder, a table, an archive or shards of pictures": "그림이 든 폴더, 표, 묶음 파일 또는 샤드",
    "a folder, a table (.csv, .tsv) or an archive (.tar, .tar.gz) of pictures":
        "그림이 든 폴더, 표(.csv, .tsv) 또는 묶음 파일(.tar, .tar.gz)",
    "a table of path and label": "경로와 라벨의 표",
    "columns 'path' and 'label' in its first line": "첫 줄에 'path'와 'label' 열",
    "text in UTF-8 or cp949": "UTF-8 또는 cp949로 된 글",
    "an intact tar archive": "온전한 tar 파일",
    "a text file of names": "이름이 적힌 텍스트 파일",
    "room for {} MB of decoded pictures": "풀어 놓은 그림 {} MB를 저장할 공간",
    "{} as it was when the run began": "학습을 시작했을 때와 같은 {}",
    # got
    "other pictures or another quarantine": "그림이나 제외 목록이 달라졌습니다",
    "one: '{}' with {} pictures": "'{}' 하나뿐이고 그림은 {}장입니다",
    "none in {} of {}": "{}장에서 찾지 못했습니다: 전체 {}장",
    "none in {}": "{}에는 없습니다",
    "none that can be used in '{}'": "'{}'에는 쓸 수 있는 그림이 없습니다",
    "none among the first": "앞쪽 그림 가운데에는 없습니다",
    "none ({})": "없습니다: {}",
    "{} pictures without labels: {}": "라벨이 없는 그림이 {}장 있습니다: {}",
    "the same picture in two classes: {}": "두 클래스에 같은 그림이 있습니다: {}",
    "an empty file": "빈 파일",
    "unexpected end of data": "중간에 끊긴 파일",
    "bytes that are neither": "둘 다 아닌 바이트",
    # remedy
    "Bring them back, or train anew.": "되돌려 놓거나 새로 학습하십시오.",
    "Each class has a folder of its own: cat/1.jpg, dog/2.jpg.": "클래스마다 폴더를 따로 만드십시오: cat/1.jpg, dog/2.jpg.",
    "Add pictures, or remove the folder.": "그림을 넣거나 폴더를 지우십시오.",
    "Make a folder of each class, or give a table of path and label.":
        "클래스마다 폴더를 만들거나 경로와 라벨의 표를 주십시오.",
    "The other parts ({}) can only hold classes that are learned.": "다른 부분({})에는 학습하는 클래스만 있을 수 있습니다.",
    "Three or more in each class leave one.": "클래스마다 세 장 이상이면 한 장이 남습니다.",
    "Faces are found from the front, upright or leaning.": "정면을 본 얼굴을 찾으며 기울어져 있어도 됩니다.",
    "Remove the copies with the wrong label, or name them in quarantine.txt, as `nabi data check FOLDER` does.":
        "라벨이 틀린 쪽을 지우거나 quarantine.txt에 적으십시오. `nabi data check 폴더`가 적어 줍니다.",
    "Repair or remove them, or name them in quarantine.txt, as `nabi data check FOLDER` does.":
        "고치거나 지우거나 quarantine.txt에 적으십시오. `nabi data check 폴더`가 적어 줍니다.",
    "Unpack it first.": "먼저 압축을 푸십시오.",
    "Fetch the archive again.": "묶음 파일을 다시 받으십시오.",
    "Remove one of the lines.": "두 줄 가운데 하나를 지우십시오.",
    "Save it as CSV UTF-8.": "CSV UTF-8로 저장하십시오.",
}
