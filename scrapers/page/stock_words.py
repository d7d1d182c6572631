"""How shops say that a product is or isn't in stock: one line of patterns per language.

`#` stands for a count, with "only" before it in any language. A pattern must be the whole of a
short line, but for a label before it.
"""

NAMES = (
    "availability|stock status|verfügbarkeit|disponibilit[éà]|disponibilidade?|dostępność"
    "|dostupnos[tť]|beschikbaarheid|lagerstatus|tillgänglighet|tilgængelighed|saatavuus"
    "|elérhetőség|stok durumu|наличие(?: на складе)?|наявність|库存(?:状态)?|在庫(?:状況)?"
    "|disponibilitate|наличност|διαθεσιμότητα|raspoloživost|zaloga|庫存"
)
"""What a line of stock is labelled with."""

ONLY = "only|just|hurry|last|still|nur|noch|seulement|sólo|solo|maar|nog|tylko|jen|kun|только|仅"

THIS = (
    r"(?:(?:we(?:'|’)?re |we are )?(?:very )?sorry[,!.]? (?:but )?|unfortunately,? )?"
    r"(?:(?:this|the) (?:item|product|variant|size|colou?r|style|article) (?:is|has|are) "
    r"(?:been )?|(?:dieser? )?(?:artikel|produkt) (?:ist )?|(?:ce |cet )?(?:produit|article) "
    r"(?:est )?|producto |prodotto |produto |produkt |towar |商品)?"
    r"(?:(?:currently|temporarily|now|completely|derzeit|momentan|leider|aktuell|zurzeit|"
    r"actuellement|temporairement|temporalmente|temporaneamente|attualmente|tijdelijk|momentálně"
    r"|dočasně|chwilowo|tillfälligt|暂时|已) ?)*"
)
"""Words before those that say it is sold out."""

OUT_OF_STOCK = (
    r"out[ _-]?of[ _-]?stock|sold[ _-]?out|unavailable|not available|not in stock|discontinued",
    r"no longer (?:available|in stock|for sale)|(?:0|no) (?:left |items? )?in[ -]stock",
    r"stock ?[:：] ?0",
    r"(?:out of stock|unavailable|not available),? (?:online|right now|at (?:the|this) \w+)",
    r"ausverkauft|vergriffen|nicht (?:mehr )?(?:auf lager|lieferbar|verfügbar|vorrätig|erhältlich)",
    r"épuisé|(?:en )?rupture(?: de stock)?|indisponible|plus disponible|non disponible",
    r"agotado|sin existencias|sin stock|fuera de stock|no disponible",
    r"esaurito|non disponibile|non in stock",
    r"esgotado|indisponível|fora de estoque|sem estoque|sem stock",
    r"uitverkocht|niet (?:meer )?(?:op voorraad|leverbaar|beschikbaar)",
    r"vyprodáno|vypredané|není skladem|nie je (?:na sklade|skladom)|nedostupn[ýéáe]",
    r"brak(?: (?:w magazynie|towaru))?|niedostępn[yea]|wyprzedan[yea]|zapas wyczerpany",
    r"slutsåld|slut i lager|ej i lager|udsolgt|utsolgt|ikke på lager|loppu(?: varastosta|unmyyty)?",
    r"нет в наличии|нет на складе|распродано|снят с продажи|закончился|немає в наявності",
    r"elfogyott|nincs (?:raktáron|készleten)|tükendi|stokta yok",
    r"stoc epuizat|epuizat|indisponibil|nu este [îi]n stoc",
    r"изчерпано?|няма (?:в )?наличност|не е в наличност",
    r"εξαντλήθηκε|εξαντλημένο|μη διαθέσιμο|εκτός αποθέματος",
    r"rasprodano|razprodano|nedostupno|nema na (?:zalihi|stanju|skladištu)|ni na zalogi",
    r"išparduota|(?:prekės? )?(?:šiuo metu )?neturime|nėra sandėlyje",
    r"izpārdots|nav (?:noliktavā|pieejams)|läbi müüdud|laost otsas",
    r"غير (?:متوفر|متاح)|نفدت? (?:من المخزون|الكمية)|نفذت الكمية|ناموجود|اتمام موجودی",
    r"אזל(?: מהמלאי)?|(?:לא|אין) במלאי|สินค้าหมด|หมดสต็อก|(?:tạm )?hết hàng",
    r"stok (?:habis|kosong)|habis terjual|tidak tersedia",
    r"缺货|售罄|卖光了?|(?:[^\W\d_]{2,4})?无货|下架|补货中|缺貨|品切れ|在庫切れ|在庫なし|売り切れ|完売",
    r"補貨中|售完|停售|(?:暂|暫)?[无無][库庫]存|(?:일시)?품절|재고 없음",
)

PREORDER = (
    r"(?:top |hot )?pre-?order(?: now| notice)?|(?:on )?back-?order(?:ed)?|coming soon",
    r"available (?:on|for) (?:pre|back)-?order|vorbestell\w+|précommande",
    r"предзаказ|под заказ|预售|预订|予約",
)

_FEW = (
    "(?:low|limited) stock|few left|niedriger lagerbestand|geringer bestand|stock (?:bas|faible)"
    "|(?:bajas|pocas|últimas) (?:existencias|unidades)|scorte (?:limitate|ridotte|in esaurimento)"
    "|estoque baixo|poucas unidades|lage voorraad|voorraad laag|niski poziom zapasów"
    "|lågt? (?:lager|lagernivå)|få (?:kvar|på lager)|lavt? lager(?:beholdning)?|düşük stok"
    "|低库存|库存紧张|低在庫|在庫わずか|残りわずか|재고 부족"
)

IN_STOCK = (
    rf"(?:{_FEW})(?:\s?[:：].{{0,25}})?",
    r"# (?:pieces? |pcs\.? |items? |units? )?(?:left|remaining|available)(?: in[ -]stock)?",
    r"# (?:left )?(?:pieces? |pcs\.? |items? |units? )?in[ -]stock(?: now)?",
    r"[-–\s]*in[ _-]?stock(?:[:,;!]?\s?\d*)?[-–\s]*|in[ -]stock(?: and| -|,|;) .{0,40}",
    r"(?:in )?stock ?[:：] ?[1-9]\d{0,8}\+?(?: pcs| pieces| units)?",
    r"this (?:item|product) is in[ -]stock.*|available(?: now| immediately)?|ready to ship",
    r"last items in stock.?|almost sold out",
    r"(?:ships|dispatched) (?:today|same day|immediately|next (?:business )?day)",
    r"(?:ships|dispatched) (?:with)?in 24 ?(?:h|hrs?|hours)|usually ships .{0,30}",
    r"(?:artikel )?(?:# (?:stück |artikel )?)?(?:auf|am|an) lager|lagernd.{0,30}",
    r"vorrätig|verfügbar|# (?:stück )?(?:verfügbar|vorrätig|übrig|verbleibend)",
    r"(?:sofort|sofort ab lager) (?:lieferbar|verfügbar|versandfertig)|versandfertig in 24 ?\w+\.?",
    r"en stock|plus que #(?: (?:en stock|exemplaires?|articles?|pièces?))?",
    r"# (?:articles? |pièces? )?en stock|expédié sous 24 ?h|expédition immédiate|disponible",
    r"(?:# )?en existencias?|envío inmediato|entrega inmediata|quedan? #(?: unidad(?:es)?)?",
    r"# (?:unidades? )?(?:disponibles?|en stock)",
    r"disponibile|disponibilità immediata|pronta consegna|spedizione immediata",
    r"# (?:pezzi )?(?:disponibil[ei](?:/i)?|rimast[ei]|rimanenti)|ultimi pezzi",
    r"disponível|em estoque|em stock|# (?:unidades? )?(?:em estoque|disponíveis)",
    r"(?:# )?op voorraad|direct leverbaar|# beschikbaar",
    r"skladem.{0,15}|skladom.{0,15}|na skladě|na sklade|ihned k odeslání",
    r"posledn[íé]ch? \d+ (?:ks|kus\w*)",
    r"dostępn[yea]|(?:# (?:szt\. ?)?)?w magazynie|natychmiastowa wysyłka|wysyłka natychmiast",
    r"wysyłka (?:w )?24 ?h|ostatni[ea]? (?:\d+ )?sztuk[ia]?",
    r"(?:# )?på lager|(?:# )?i lager|varastossa",
    r"есть(?: в наличии)?|в наличии.{0,12}|на складе|осталось \d+(?: шт\.?)?|є в наявності|да",
    r"raktáron|készleten|stokta(?: var)?",
    r"[îi]n stoc(?: furnizor| magazin)?|disponibil|в наличност|на склад|в наявності",
    r"σε απόθεμα|(?:άμεσα )?διαθέσιμο|na (?:zalihi|zalogi|stanju|skladištu)|dostupno",
    r"(?:prekę )?turime(?: sandėlyje)?|(?:yra )?sandėlyje|(?:ir )?noliktavā|on laos|laos olemas",
    r"متوفر(?: في المخزون)?|متاح|موجود در انبار|במלאי|มีสินค้า|พร้อมส่ง|còn hàng",
    r"stok (?:tersedia|ada)|ada stok|tersedia",
    r"(?:[^\W\d_没沒]{2,4})?有货|现货(?:供应)?|仅剩 ?\d+ ?件|# ?件(?:存货|库存)|有現貨|在庫あり",
    r"尚?有[库庫]存|[库庫]存充足|現貨(?:供應)?",
    r"# ?個の在庫|残り ?\d+ ?[点個]|재고 있음|재고 #개",
)

BARE_YES = (
    "да|есть|available(?: now)?|disponible|verfügbar|disponibil|dostupno|διαθέσιμο|متاح|tersedia"
)
"""Words of many lines, which speak of stock only behind a label."""

WAIT = (
    r"(?:notify|e-?mail|tell|alert) me (?:when|once|if) .{0,10}(?:back|in stock|available).{0,20}",
    r"(?:back[- ]in[- ]stock|stock) (?:alert|notification)s?",
    r"benachrichtig\w* (?:sie )?mich,? (?:wenn|sobald) .{0,30}|prévenez[- ]moi .{0,30}",
    r"av[ií]s[ae](?:me|rme) cuando .{0,25}|avvisami quando .{0,25}|avise-me quando .{0,25}",
    r"powiadom (?:mnie )?o dostępności|hlídat dostupnost|сообщить о поступлении",
    r"уведомить о (?:поступлении|наличии)|到货通知|到貨通知|再入荷(?:通知|のお知らせ).{0,10}",
)
"""What stands on a button where the button to buy would."""

CHOOSE = r"\W*(?:please )?(?:select|choose|pick|wähl|bitte|choisi|elig|selecc|scegli|выбер|请选).*"
"""The option of a choice that asks to choose."""
