import pytest

from libra_emo.evaluation.sets.reading import read_set
from libra_emo.evaluation.sets.set_classes import SetError
from libra_emo.evaluation.sets.utterances import TIED
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
MELD_COLUMNS = (
    "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,"
    "StartTime,EndTime\n"
)
MELD_ROWS = """1,"Well, hello",Ann,joy,positive,0,0,3,19,"00:14:38,127","00:14:40,378"
2,No!,Bob,anger,negative,0,1,3,19,"00:14:41,000","00:14:42,000"
3,Oh,Ann,surprise,positive,1,0,4,2,"00:01:00,000","00:01:01,000"
"""
SUMMARY_COLUMNS = (
    '"","FileName","VoiceVote","VoiceLevel","FaceVote","FaceLevel",'
    '"MultiModalVote","MultiModalLevel"\n'
)
SUMMARY_ROWS = """"1","1001_IEO_NEU_XX","N","60","N","70","N","80"
"2","1001_IEO_FEA_MD","N","64","N","80","F:N","35.25:76.00"
"3","1002_DFA_ANG_XX","A","66","A","59","D","79.22"
"""


def test_meld_has_episodes_as_films(tmp_path):
    (tmp_path / "test_sent_emo.csv").write_text(MELD_COLUMNS + MELD_ROWS)
    found = read_set("meld", TAXONOMY, tmp_path)
    assert found.clip_ids == ("dia0_utt0", "dia0_utt1", "dia1_utt0")
    assert [found.classes.names[place] for place in found.truth] == ["joy", "anger", "surprise"]
    assert len(set(found.film)) == 2
    assert found.films_known


def test_crema_d_has_actors_as_films_and_leaves_ties_out(tmp_path):
    place = tmp_path / "processedResults/summaryTable.csv"
    place.parent.mkdir()
    place.write_text(SUMMARY_COLUMNS + SUMMARY_ROWS)
    found = read_set("CREMA-D", TAXONOMY, tmp_path)
    assert found.film == ("actor 1001", "actor 1002")
    assert [found.classes.names[place] for place in found.truth] == ["neutral", "disgust"]
    assert found.left_out.to_dict("records") == [{"clip_id": "1001_IEO_FEA_MD", "reason": TIED}]


def test_crema_d_by_what_the_actors_were_asked_to_show(tmp_path):
    place = tmp_path / "SentenceFilenames.csv"
    place.write_text('"Stimulus_Number","Filename"\n1,"1001_IEO_NEU_XX"\n2,"1002_DFA_ANG_XX"\n')
    found = read_set("crema_d", TAXONOMY, place)
    assert [found.classes.names[place] for place in found.truth] == ["neutral", "anger"]


def test_a_table_of_something_else_is_refused(tmp_path):
    place = tmp_path / "test_sent_emo.csv"
    place.write_text("a,b\n1,2\n")
    with pytest.raises(SetError, match="no column with `Dialogue_ID`"):
        read_set("meld", TAXONOMY, place)
    with pytest.raises(SetError, match="MELD has no folds"):
        read_set("meld", TAXONOMY, place, fold=1)
