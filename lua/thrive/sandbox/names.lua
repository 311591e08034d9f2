--- Names for seeded users, by language, each with the Latin form that its email address uses. Weights are how often a
-- language is drawn: the tenant is a British company with offices elsewhere.
local M = {}

local function pairs_of(text)
  local out = {}
  for name, latin in text:gmatch("([^=\n]+)=([%w-]+)") do
    out[#out + 1] = { name = name:match("^%s*(.-)$"), latin = latin }
  end
  return out
end

M.languages = {
  { weight = 40, language = "en-gb", zone = "Europe/London",
    first = pairs_of[[Oliver=oliver Amelia=amelia Harry=harry Isla=isla George=george Ava=ava Chloë=chloe Jack=jack
      Zoë=zoe Thomas=thomas Freya=freya James=james Poppy=poppy William=william Grace=grace Renée=renee Edward=edward
      Hannah=hannah Priya=priya Mohammed=mohammed Imogen=imogen Callum=callum Eleanor=eleanor Lewis=lewis]],
    last = pairs_of[[Smith=smith Jones=jones Taylor=taylor Brown=brown Williams=williams Wilson=wilson Davies=davies
      Evans=evans Patel=patel Khan=khan O'Brien=obrien Begum=begum Wright=wright Walker=walker Robinson=robinson
      Thompson=thompson Hughes=hughes Green=green Hall=hall Smith-Jones=smith-jones Clarke=clarke MacDonald=macdonald]] },
  { weight = 4, language = "cy-gb", zone = "Europe/London",
    first = pairs_of[[Siân=sian Rhys=rhys Carys=carys Dafydd=dafydd Eluned=eluned Gwenllïan=gwenllian Ifan=ifan]],
    last = pairs_of[[Llewellyn=llewellyn Morgan=morgan Prys=prys Tudur=tudur Gruffydd=gruffydd]] },
  { weight = 6, language = "en-gb", zone = "Europe/Dublin",
    first = pairs_of[[Seán=sean Aoife=aoife Niamh=niamh Ciarán=ciaran Sinéad=sinead Pádraig=padraig Róisín=roisin]],
    last = pairs_of[[Ó Súilleabháin=osuilleabhain Murphy=murphy Ní Bhriain=nibhriain O'Connor=oconnor Kelly=kelly]] },
  { weight = 8, language = "fr-fr", zone = "Europe/Paris",
    first = pairs_of[[François=francois Hélène=helene Jérôme=jerome Anaïs=anais Benoît=benoit Léa=lea Noël=noel
      Maëlys=maelys Théo=theo]],
    last = pairs_of[[Lefèvre=lefevre Dubois=dubois Gérard=gerard Côté=cote d'Aubigné=daubigne Bézier=bezier]] },
  { weight = 8, language = "de-de", zone = "Europe/Berlin",
    first = pairs_of[[Jürgen=juergen Käthe=kaethe Sören=soeren Anneliese=anneliese Björn=bjoern Lukas=lukas Mia=mia]],
    last = pairs_of[[Müller=mueller Schröder=schroeder Weiß=weiss Köhler=koehler von Hagen=vonhagen Schäfer=schaefer]] },
  { weight = 6, language = "es-es", zone = "Europe/Madrid",
    first = pairs_of[[José=jose Lucía=lucia Íñigo=inigo Begoña=begona Martín=martin Inés=ines Andrés=andres]],
    last = pairs_of[[García=garcia Núñez=nunez Peña Ruiz=penaruiz Ibáñez=ibanez López=lopez Muñoz=munoz]] },
  { weight = 6, language = "pl-pl", zone = "Europe/Warsaw",
    first = pairs_of[[Łukasz=lukasz Małgorzata=malgorzata Zbigniew=zbigniew Agnieszka=agnieszka Michał=michal]],
    last = pairs_of[[Wiśniewski=wisniewski Wójcik=wojcik Dąbrowska=dabrowska Żukowski=zukowski Nowak=nowak]] },
  { weight = 4, language = "sv-se", zone = "Europe/Stockholm",
    first = pairs_of[[Åsa=asa Göran=goran Märta=marta Øyvind=oyvind Søren=soren Þóra=thora]],
    last = pairs_of[[Sjöberg=sjoberg Ångström=angstrom Lindqvist=lindqvist Jørgensen=jorgensen]] },
  { weight = 3, language = "tr-tr", zone = "Europe/Istanbul",
    first = pairs_of[[Işıl=isil Çağrı=cagri Gökçe=gokce İbrahim=ibrahim Şule=sule]],
    last = pairs_of[[Yılmaz=yilmaz Öztürk=ozturk Şahin=sahin Güneş=gunes]] },
  { weight = 3, language = "el-gr", zone = "Europe/Athens",
    first = pairs_of[[Γιώργος=giorgos Ελένη=eleni Νίκος=nikos Αθηνά=athina]],
    last = pairs_of[[Παπαδόπουλος=papadopoulos Βλάχου=vlachou Οικονόμου=oikonomou]] },
  { weight = 3, language = "en-gb", zone = "Europe/Kyiv",
    first = pairs_of[[Олена=olena Андрій=andrii Наталія=nataliia Сергій=serhii]],
    last = pairs_of[[Шевченко=shevchenko Коваленко=kovalenko Бондар=bondar]] },
  { weight = 3, language = "ar-ae", zone = "Asia/Dubai",
    first = pairs_of[[فاطمة=fatima محمد=muhammad ليلى=layla يوسف=yusuf]],
    last = pairs_of[[الهاشمي=alhashimi النجار=alnajjar حداد=haddad]] },
  { weight = 3, language = "en-gb", zone = "Asia/Kolkata",
    first = pairs_of[[आरव=aarav अनन्या=ananya रोहन=rohan दीपिका=deepika]],
    last = pairs_of[[शर्मा=sharma गुप्ता=gupta अय्यर=iyer]] },
  { weight = 3, language = "ja-jp", zone = "Asia/Tokyo",
    first = pairs_of[[陽菜=hina 蓮=ren さくら=sakura 健太=kenta]],
    last = pairs_of[[佐藤=sato 鈴木=suzuki 髙橋=takahashi]] },
  { weight = 3, language = "zh-cn", zone = "Asia/Shanghai",
    first = pairs_of[[伟=wei 芳=fang 秀英=xiuying 娜=na]],
    last = pairs_of[[王=wang 李=li 欧阳=ouyang]] },
  { weight = 2, language = "ko-kr", zone = "Asia/Seoul",
    first = pairs_of[[서연=seoyeon 민준=minjun 지우=jiwoo]],
    last = pairs_of[[김=kim 이=lee 박=park]] },
}

return M
